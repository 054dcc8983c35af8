import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Whether `a` and `A` are two names in a directory, tried with a file that is removed again. */
export async function tellsCase(directory: string): Promise<boolean | undefined> {
  const scratch = await mkdtemp(join(directory, ".pibuild-doctor-")).catch(() => undefined);
  if (scratch === undefined) return undefined;
  try {
    await writeFile(join(scratch, "name"), "");
    return await access(join(scratch, "NAME")).then(
      () => false,
      () => true,
    );
  } finally {
    await rm(scratch, { recursive: true });
  }
}
