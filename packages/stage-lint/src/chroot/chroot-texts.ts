import { type HereDocument, parseCommands, type StageText, unwrap } from "@pibuild/pigen-stages";

/** A script that bash in the image reads from its standard input. */
export interface ChrootText {
  readonly file: string;
  readonly text: string;
  /** The line of the file on which the text begins. */
  readonly line: number;
  /** Whether the shell on the host expands it first: a here-document whose delimiter is not quoted. */
  readonly expands: boolean;
  /** What surrounds it on the host, with nothing in the lines of here-documents. */
  readonly host?: string;
}

/** `NN-run-chroot.sh`, and the here-documents that scripts on the host give `on_chroot`. */
export function chrootTexts(texts: readonly StageText[]): ChrootText[] {
  return texts.flatMap(({ path: file, kind, shell, text }): ChrootText[] => {
    if (kind === "run-chroot") return [{ file, text, line: 1, expands: false }];
    if ((kind !== "run" && kind !== "prerun") || shell === undefined) return [];
    const host = hostText(text);
    return documents(text, isOnChroot).map((document) => ({ file, ...document, host }));
  });
}

/** A script without the texts of its here-documents; lines keep their numbers. */
export function hostText(text: string): string {
  const lines = text.split("\n");
  for (const { text: inside, line } of documents(text)) {
    const end = line - 1 + inside.split("\n").length - 1;
    for (let at = line - 1; at < end; at += 1) lines[at] = "";
  }
  return lines.join("\n");
}

function documents(text: string, takes: (name: string) => boolean = () => true): HereDocument[] {
  return parseCommands(text).flatMap(({ words, redirections }) =>
    takes(unwrap(words)[0]?.text ?? "")
      ? redirections.flatMap(({ document }) => document ?? [])
      : [],
  );
}

function isOnChroot(name: string): boolean {
  return name === "on_chroot";
}
