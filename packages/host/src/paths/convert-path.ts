import { dockerSyntax } from "./docker-syntax.ts";
import { gitBashSyntax } from "./git-bash-syntax.ts";
import type { PathSyntax, WslPlace } from "./host-path.ts";
import type { PathForm } from "./path-problems.ts";
import { windowsSyntax } from "./windows-syntax.ts";
import { wslSyntax } from "./wsl-syntax.ts";

const syntaxes: Readonly<Record<PathForm, PathSyntax>> = {
  windows: windowsSyntax,
  "git-bash": gitBashSyntax,
  wsl: wslSyntax,
  docker: dockerSyntax,
};

export interface PathConversion extends WslPlace {
  readonly from: PathForm;
  readonly to: PathForm;
}

/**
 * The name that another program on a Windows machine has for a path: drives in upper case for
 * Windows and Docker, in lower case elsewhere, no trailing slash, relative paths stay relative.
 * Looks at no disk. Throws PATH_FOREIGN for what has no such name.
 */
export function convertPath(path: string, { from, to, ...wsl }: PathConversion): string {
  return syntaxes[to].format(syntaxes[from].parse(path, wsl), path, wsl);
}
