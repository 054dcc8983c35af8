import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Whether a directory may be in a git repository: outside of one there is nothing to ask git about. */
export function isInRepository(directory: string): boolean {
  if (!existsSync(directory)) return false;
  // git goes up from where a symlink leads.
  return isBelowRepository(realpathSync(directory));
}

function isBelowRepository(path: string): boolean {
  if (existsSync(join(path, ".git"))) return true;
  const above = dirname(path);
  return above !== path && isBelowRepository(above);
}
