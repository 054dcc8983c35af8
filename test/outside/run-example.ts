import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { namespace } from "../../packages/binfmt/test/namespace/in-namespace.ts";
import { writeExampleFiles } from "./example-files.ts";
import type { OutsideProject } from "./outside-project.ts";

/** What each example prints. */
export const printed: Readonly<Record<string, RegExp>> = {
  "ab-disk": /^common boot-a boot-b root-a root-b shared$/,
  "arm64-host": /^unregistered usable unregistered$/,
  artifacts: /^2 8192 64$/,
  "foreign-stage": /^root [0-9a-f]{64}\nstage-mine\/00-hello [0-9a-f]{64}$/,
  mirrors:
    /^(http:\/\/mirror\.example\.org\/debian bookworm(-updates)? main\+contrib\n){2}Acquire::http::Proxy::mirror\.example\.org "http:\/\/127\.0\.0\.1:\d+";$/,
  payload: /^3211264 b true$/,
};

/** Arguments of `unshare` for what changes the machine. */
const namespaces: Readonly<Record<string, readonly string[]>> = {
  "arm64-host": namespace(),
  "foreign-stage": ["--mount", "--propagation", "private"],
};

const sourceOf = (name: string) =>
  readFile(join(import.meta.dirname, "examples", `${name}.ts`), "utf8");

/** Runs an example as JavaScript, which it is without its types. Returns what it printed. */
export async function runAsJavaScript(project: OutsideProject, name: string): Promise<string> {
  await project.write({ [`${name}.mjs`]: stripTypeScriptTypes(await sourceOf(name)) });
  return runExample(project, { name, node: process.execPath, file: `${name}.mjs` });
}

/** Compiles all examples as strictly as TypeScript can, for a Node.js; returns what it says against them. */
export async function compileExamples(project: OutsideProject, node: string): Promise<string> {
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
    ...{ module: "nodenext", target: "es2023", lib: ["es2023", "esnext.disposable"] },
    ...{ types: ["node"], rootDir: "src", outDir: "compiled" },
  };
  await project.write({ "tsconfig.json": JSON.stringify({ compilerOptions, include: ["src"] }) });
  for (const name of Object.keys(printed))
    await project.write({ [`src/${name}.ts`]: await sourceOf(name) });
  return (await project.run(node, ["node_modules/typescript/bin/tsc"])).stdout;
}

/** Runs an example that is compiled. Returns what it printed. */
export function runCompiled(project: OutsideProject, name: string, node: string): Promise<string> {
  return runExample(project, { name, node, file: `compiled/${name}.js` });
}

interface ExampleRun {
  readonly name: string;
  readonly node: string;
  readonly file: string;
}

async function runExample(project: OutsideProject, { name, node, file }: ExampleRun) {
  await writeExampleFiles(project);
  const prefix = namespaces[name];
  const { stdout, stderr, exitCode } =
    prefix === undefined
      ? await project.run(node, [file])
      : await project.run("unshare", [...prefix, node, file]);
  if (exitCode !== 0) throw new Error(`${file} ended with ${exitCode}: ${stderr}`);
  return stdout.trim();
}
