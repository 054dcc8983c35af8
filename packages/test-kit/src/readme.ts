import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, type ProgramName } from "@pibuild/core";

/** What a README's example printed. */
export interface ExampleResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** What starts the example: Node.js, or a program whose last argument is Node.js. */
export interface ExamplePlace {
  readonly program: ProgramName;
  readonly args: readonly string[];
}

/**
 * Runs the first TypeScript example of a package's README, as written, against the package's
 * sources, with `cwd` as the working directory. Throws where it fails.
 */
export async function runReadmeExample(
  packageDirectory: string,
  cwd: string,
  edit: (example: string) => string = (example) => example,
  { program, args }: ExamplePlace = { program: "node", args: [] },
): Promise<ExampleResult> {
  const readme = await readFile(join(packageDirectory, "README.md"), "utf8");
  const example = /^```ts\n([\s\S]*?)^```$/m.exec(readme)?.[1];
  if (example === undefined) throw new Error(`${packageDirectory}/README.md has no example`);
  const { stdout, stderr } = await createExec().run({
    program,
    args: [
      ...args,
      "--conditions=@pibuild/source",
      "--input-type=module-typescript",
      "--eval",
      `process.chdir(${JSON.stringify(cwd)});\n${edit(example)}`,
    ],
    // Where the example's imports are looked up.
    cwd: packageDirectory,
  });
  return { stdout, stderr };
}
