import type { Board } from "../boards/board-tables.ts";

/** Names by which config.txt asks for a board, as in `[pi4]`. */
const models: Readonly<Record<Board, readonly string[]>> = {
  zero2w: ["pi02"],
  pi3: ["pi3", "pi3+", "cm3"],
  pi4: ["pi4"],
  cm4: ["pi4", "cm4"],
  pi5: ["pi5"],
  cm5: ["pi5", "cm5"],
};

/** More files than anybody includes: one that includes itself has to end. */
const mostFiles = 100;

/** What config.txt says to a board: its lines in order, by key; `initramfs NAME WHERE` is one of key `initramfs`. */
export type ConfigTxt = ReadonlyMap<string, readonly string[]>;

/**
 * Reads config.txt as Raspberry Pi's firmware does: sections of other boards, and of conditions that
 * only a running board can answer, are left out; included files are read in place. `read` gives a file of
 * the boot partition, or undefined. Without a board every board's lines count.
 * https://www.raspberrypi.com/documentation/computers/config_txt.html
 */
export async function readConfigTxt(
  read: (name: string) => Promise<string | undefined>,
  board?: Board,
): Promise<ConfigTxt> {
  const lines = new Map<string, string[]>();
  let applies = true;
  let files = 0;
  const take = async (name: string): Promise<void> => {
    files += 1;
    const text = files > mostFiles ? undefined : await read(name);
    for (const line of (text ?? "").split("\n").map((each) => each.replace(/#.*/, "").trim())) {
      const section = /^\[(.*)\]$/.exec(line)?.[1];
      if (section !== undefined) applies = holds(section, board);
      else if (applies && line.startsWith("include ")) await take(line.slice(8).trim());
      else if (applies && line !== "") {
        const [, key = "", value = ""] = /^([^\s=]+)(?:\s*=\s*|\s+)?(.*)$/.exec(line) ?? [];
        lines.set(key, [...(lines.get(key) ?? []), value]);
      }
    }
  };
  await take("config.txt");
  return lines;
}

function holds(section: string, board: Board | undefined): boolean {
  if (section === "all") return true;
  const known = Object.values(models).flat();
  if (board === undefined) return known.includes(section);
  return models[board].includes(section);
}
