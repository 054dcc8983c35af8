import { consoleText } from "./console-text.ts";
import type { WindowsFacts } from "./facts.ts";

export interface WslDistribution {
  readonly name: string;
  /** WSL 1 has no Linux kernel: neither overlayfs nor namespaces. */
  readonly version: 1 | 2;
  readonly isDefault: boolean;
}

/** WSL on this machine. `unusable`: wsl.exe is there, and says in `detail` why it does nothing. */
export type Wsl =
  | { readonly state: "absent" }
  | { readonly state: "unusable"; readonly detail: string }
  | {
      readonly state: "usable";
      /** Without those that programs such as Docker Desktop have for themselves. */
      readonly distributions: readonly WslDistribution[];
      /** In which `wsl.exe` without `--distribution` runs things; it may be one of those left out. */
      readonly defaultName: string | undefined;
    };

/** A row of `wsl --list --verbose`: headings and states come in the user's language, versions do not. */
const row = /^([* ]) (\S(?:.*?\S)?)\s{2,}\S.*\s([12])\s*$/;
const programs = /^(?:docker|rancher)-desktop(?:-data)?$|^podman-/i;

/** What wsl.exe said of itself. */
export function readWsl({ wslStatus, wslList }: WindowsFacts): Wsl {
  if (wslStatus === undefined || wslList === undefined) return { state: "absent" };
  const rows = consoleText(wslList.output)
    .split("\n")
    .flatMap((line) => {
      const [, mark, name, digit] = row.exec(line) ?? [];
      if (name === undefined) return [];
      const version: WslDistribution["version"] = digit === "1" ? 1 : 2;
      return [{ name, version, marked: mark === "*" }];
    });
  if (wslStatus.exitCode !== 0 && rows.length === 0) {
    return { state: "unusable", detail: firstLine(wslStatus.output) };
  }
  const names = rows.map(({ name }) => name);
  const defaultName = rows.find(({ marked }) => marked)?.name ?? defaultOf(wslStatus.output, names);
  return {
    state: "usable",
    distributions: rows
      .filter(({ name }) => !programs.test(name))
      .map(({ name, version }) => ({ name, version, isDefault: name === defaultName })),
    defaultName,
  };
}

/** For where no row is marked: `--status` names the default after a colon, in any language. */
function defaultOf(status: Uint8Array | string, names: readonly string[]): string | undefined {
  const values = consoleText(status)
    .split("\n")
    .map((line) => line.split(/[:：]/).at(-1)?.trim());
  return names.find((name) => values.includes(name));
}

function firstLine(output: Uint8Array | string): string {
  const lines = consoleText(output).split("\n");
  return lines.map((line) => line.trim()).find((line) => line !== "") ?? "wsl.exe says nothing";
}
