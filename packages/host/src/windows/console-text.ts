/**
 * The text of what a Windows program printed: wsl.exe prints UTF-16LE, without a mark, to whatever
 * is no console, and UTF-8 where WSL_UTF8=1 and it is new enough; others print UTF-8. UTF-16 that
 * was already read as UTF-8 keeps its ASCII.
 */
export function consoleText(output: Uint8Array | string): string {
  if (typeof output === "string") return cleaned(output.replaceAll("\0", ""));
  // Text in UTF-8 holds no zero byte; in UTF-16 every line end does.
  const utf16 = output.includes(0);
  return cleaned(new TextDecoder(utf16 ? "utf-16le" : "utf-8").decode(output));
}

function cleaned(text: string): string {
  return text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
}
