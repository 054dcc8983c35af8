/** A partition as one table says it. */
export interface SeenPartition {
  /** As Linux and the firmware count. */
  readonly number: number;
  readonly startBytes: number;
  readonly sizeBytes: number;
  /** `0x0c` in an MBR, a GUID in lower case in a GPT. */
  readonly type: string;
  /** What `PARTUUID=` names it by. */
  readonly partuuid: string;
  /** What `PARTLABEL=` names it by, if anything; an MBR has no names. */
  readonly name?: string;
}

/** What is wrong with a table. Words for it are the reader's own. */
export type TableProblem =
  | { readonly kind: "outside" | "empty"; readonly table: TableName; readonly number: number }
  | {
      readonly kind: "overlap" | "order";
      readonly table: TableName;
      readonly number: number;
      readonly other: number;
    }
  | { readonly kind: "gpt-damaged"; readonly copy: "primary" | "backup"; readonly why: GptDamage }
  | { readonly kind: "gpt-unannounced" | "gpt-missing" }
  | { readonly kind: "chain"; readonly sector: number }
  /** The two tables of a hybrid count a partition differently, or one of them does not know it. */
  | { readonly kind: "views-differ"; readonly mbrNumber: number; readonly gptNumber?: number };

export type TableName = "mbr" | "gpt";
export type GptDamage = "signature" | "header checksum" | "place" | "size" | "entries checksum";

/** What one table says. */
export interface TableView {
  /** 8 hexadecimal digits in an MBR, a GUID in a GPT. */
  readonly id: string;
  readonly partitions: readonly SeenPartition[];
}

/** All that the tables of a disk say. */
export interface DiskTable {
  readonly kind: "none" | "mbr" | "gpt" | "gpt-hybrid";
  readonly mbr?: TableView;
  readonly gpt?: TableView;
  readonly problems: readonly TableProblem[];
}

/** What Linux goes by: the GPT, where there is one. */
export function partitionsOf({ kind, mbr, gpt }: DiskTable): readonly SeenPartition[] {
  if (kind === "none") return [];
  return (kind === "mbr" ? mbr : gpt)?.partitions ?? [];
}
