/** What a long name may not hold, and what no reader shows: fatgen103, "Long Directory Entries". */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const forbidden = /[\u0000-\u001f\u007f"*/:<>?\\|]/;
/** Names that mean a device to Windows, with any extension. */
const reserved = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)/i;
/** UTF-16 units of a long name. */
const maxLength = 255;

/** Why FAT cannot hold a name, or undefined where it can. */
export function fatNameProblem(name: Buffer): string | undefined {
  const text = name.toString();
  if (!Buffer.from(text).equals(name)) return "its name is not UTF-8";
  if (text.length > maxLength) return `its name is longer than ${maxLength} characters`;
  if (forbidden.test(text)) return "its name has a character that FAT has not";
  if (/[. ]$/.test(text)) return "its name ends in a dot or a space, which FAT drops";
  if (text.startsWith(" ")) return "its name starts with a space, which FAT readers drop";
  if (reserved.test(text)) return "its name means a device to Windows";
  return undefined;
}

/** Two names with the same key are one name to FAT, which does not tell upper from lower case. */
export function fatNameKey(name: string): string {
  return name.normalize("NFC").toUpperCase();
}
