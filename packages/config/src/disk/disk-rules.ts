import { type Board, boards, boardTables, bootableTables, type TableKind } from "@pibuild/pi-boot";
import type { BrokenRule } from "../rules.ts";
import { mapOf } from "../yaml-file.ts";

/** Keys of `disk:` that contradict each other, or a board that would not boot. */
export function brokenDiskRules(raw: unknown): BrokenRule[] {
  const disk = mapOf(raw);
  return [...(disk.layout === "ab6" ? abSizes(disk) : standardSizes(disk)), ...boardRules(disk)];
}

type RawDisk = Readonly<Record<string, unknown>>;

function useless(key: string, beside: string, hint: string): BrokenRule {
  return {
    path: ["disk", key],
    message: `\`${key}\` has no effect beside \`${beside}\`; keep one of them`,
    hint,
  };
}

function standardSizes({ size, root_size, root_free, populate_both }: RawDisk): BrokenRule[] {
  const whole = "`size` is that of the whole disk, whose root partition takes the rest";
  const broken: BrokenRule[] = [];
  if (root_size !== undefined && root_free !== undefined) {
    broken.push({
      path: ["disk", "root_free"],
      message: "`root_free` has no effect beside `root_size`; keep one of them",
    });
  }
  if (size !== undefined && root_free !== undefined)
    broken.push(useless("root_free", "size", whole));
  if (size !== undefined && root_size !== undefined)
    broken.push(useless("root_size", "size", whole));
  if (populate_both === true) {
    const hint = "leave it out, or choose `layout: ab6`";
    const message = "`populate_both` is for two systems on one disk, and `standard` has one";
    broken.push({ path: ["disk", "populate_both"], message, hint });
  }
  return broken;
}

function abSizes(disk: RawDisk): BrokenRule[] {
  const hint =
    "`size` is that of the whole disk; all partitions but the two roots have fixed sizes";
  return ["boot_size", "root_size", "root_free"].flatMap((key) =>
    disk[key] === undefined
      ? []
      : [{ path: ["disk", key], message: `\`ab6\` has no \`${key}\``, hint }],
  );
}

function boardRules({ table, board, layout }: RawDisk): BrokenRule[] {
  const kind = (table ?? (layout === "ab6" ? "gpt-hybrid" : "mbr")) as TableKind;
  if (table === "gpt" && board === undefined) {
    return [
      {
        path: ["disk", "table"],
        message: "not every board boots from `gpt`, and `board` does not say which one it is",
        hint: `add \`board:\`, one of ${boards.filter((each) => boardTables[each].gpt.boots).join(", ")}, or choose another table`,
      },
    ];
  }
  if (!boards.includes(board as Board)) return [];
  const answer = boardTables[board as Board][kind];
  if (answer === undefined || answer.boots) return [];
  return [
    {
      path: ["disk", "table"],
      message: `\`${board}\` does not boot from \`${kind}\`: ${answer.why}`,
      hint: `choose one of ${bootableTables(board as Board).join(", ")}`,
    },
  ];
}
