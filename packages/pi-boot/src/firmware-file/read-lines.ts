/** One line of a file that the firmware reads, as far as it reads it. */
export type FirmwareLine = {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
} & (
  | { readonly kind: "filter"; readonly filter: string }
  | {
      readonly kind: "setting";
      readonly key: string;
      readonly value: string;
      /** What stood between them. */
      readonly sign: "=" | " ";
    }
  | { readonly kind: "other" }
);

/** "Any characters past this limit are ignored": config_txt.html, "File format". */
const lineLimit = 98;

/**
 * The lines that are neither blank nor comments: config_txt.html, "File format". A space may stand
 * for the sign in `initramfs NAME WHERE`, `include NAME`, and in every other setting, as in piCore's
 * images; around the sign it is a part of the value, and a comment has a line of its own.
 */
export function firmwareLines(content: string): FirmwareLine[] {
  return content.split("\n").flatMap((raw, index): FirmwareLine[] => {
    const text = raw.slice(0, lineLimit).trim();
    if (text === "" || text.startsWith("#")) return [];
    const place = { line: index + 1, text };
    const filter = /^\[(.*)\]$/.exec(text)?.[1];
    if (filter !== undefined) return [{ ...place, kind: "filter", filter }];
    const [, key, between, value] = /^(\w+)([=\s])(.*)$/.exec(text) ?? [];
    if (key === undefined || value === undefined) return [{ ...place, kind: "other" }];
    return [
      { ...place, kind: "setting", key, value: value.trim(), sign: between === "=" ? "=" : " " },
    ];
  });
}

/** A number as C reads it: what follows the digits does not matter. Undefined where there are none. */
export function firmwareNumber(value: string): number | undefined {
  const [, sign, digits] = /^([+-]?)(0x[0-9a-f]+|\d+)/i.exec(value) ?? [];
  if (digits === undefined) return undefined;
  return sign === "-" ? -Number(digits) : Number(digits);
}
