import { createExec, PibuildError } from "@pibuild/core";
import { type PackedPackage, packPackages } from "./pack-packages.ts";

const [directory, ...flags] = process.argv.slice(2);
if (directory === undefined)
  throw new PibuildError("USAGE", { message: "publish.ts wants a directory for the tarballs" });
const exec = createExec();
// How npm reaches its registry, and the token of the job, are the caller's.
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  ),
);
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
const address = server && repository ? `${server}/${repository}` : undefined;

for (const one of await packPackages(directory, { address })) {
  const state = (await isPublished(one)) ? "is there already" : await publish(one);
  process.stdout.write(`${one.name}@${one.version} ${state}\n`);
}

async function isPublished({ name, version }: PackedPackage): Promise<boolean> {
  const args = ["view", `${name}@${version}`, "version", "--json"];
  const { exitCode, stdout, stderr } = await exec.run({
    program: "npm",
    args,
    env,
    allowExit: [1],
  });
  if (exitCode !== 0 && !/E404/.test(stdout + stderr))
    throw new Error(`npm does not say whether ${name}@${version} is published: ${stderr}`);
  return exitCode === 0 && stdout.trim() !== "";
}

async function publish({ tarball }: PackedPackage): Promise<string> {
  // Provenance is told from the job, and there is none elsewhere.
  const provenance = process.env.GITHUB_ACTIONS === "true" ? ["--provenance"] : [];
  const args = ["publish", tarball, "--access", "public", ...provenance, ...flags];
  await exec.run({ program: "npm", args, env });
  return flags.includes("--dry-run") ? "would be published" : "is published";
}
