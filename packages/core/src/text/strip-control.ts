const controlCharacters =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * A line that somebody else printed, as it stands on a terminal in the end: without escapes and
 * control characters, and without what a carriage return has overwritten (progress meters).
 */
export function stripControl(text: string): string {
  const shown = text.replace(/\r+$/, "");
  return shown.slice(shown.lastIndexOf("\r") + 1).replace(controlCharacters, "");
}
