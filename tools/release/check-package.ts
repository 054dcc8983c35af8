import { readFile } from "node:fs/promises";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** Ways of looking a package up that ours do not serve: they are ES modules alone. */
const notServed = ["node10", "node16-cjs"];

/** What publint and attw say against a packed package, one line each; nothing where it is fit to publish. */
export async function checkPacked(tarball: string): Promise<string[]> {
  const bytes = new Uint8Array(await readFile(tarball));
  return [...(await lint(bytes)), ...(await checkTypes(bytes))];
}

async function lint(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`);
}

async function checkTypes(bytes: Uint8Array): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(bytes));
  // What has a command alone has none.
  if (result.types === false) return [];
  return result.problems
    .filter(
      (problem) => !("resolutionKind" in problem) || !notServed.includes(problem.resolutionKind),
    )
    .map((problem) => `attw: ${JSON.stringify(problem)}`);
}
