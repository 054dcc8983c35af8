// job-summary.mjs FILE: what `pibuild build --json` printed as the summary of a job of GitHub Actions: its
// steps, how many came from the cache, and the files with their sizes. Plain JavaScript without dependencies, as the
// action runs it where nothing of this repository is installed.
import { appendFileSync, readFileSync } from "node:fs";
import { basename } from "node:path";

const [file = ""] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const output = process.env.GITHUB_STEP_SUMMARY;
const summary = summarise(text);
if (output) appendFileSync(output, summary);
else process.stdout.write(summary);

function summarise(json) {
  // A build that found no image, or no way to run, has printed nothing.
  if (json.trim() === "") return "## The build did not begin\n\nIts log says why.\n";
  const { image, fresh = false, durationMs, steps, artifacts, error } = JSON.parse(json);
  const cached = steps.filter(({ outcome }) => outcome === "cached").length;
  const state = error ? "failed" : fresh ? "is up to date" : "is built";
  return [
    `## \`${image}\` ${state} (${seconds(durationMs)})`,
    "",
    `${steps.length} steps, ${cached} of them from the cache.`,
    ...(error ? ["", "```", error.message.trimEnd(), "```"] : []),
    ...table(
      ["step", "", "time"],
      steps
        .filter(({ outcome }) => outcome !== "cached")
        .map(({ step, outcome, durationMs: took }) => [`\`${step}\``, outcome, seconds(took)]),
    ),
    ...table(
      ["file", "MiB", "sha256"],
      artifacts.map(({ path, bytes, sha256 }) => [
        `\`${basename(path)}\``,
        (bytes / 1024 ** 2).toFixed(1),
        `\`${sha256}\``,
      ]),
    ),
    "",
  ].join("\n");
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return rows.length === 0 ? [] : ["", line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function seconds(ms) {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
