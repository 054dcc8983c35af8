const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 60 * 60, d: 24 * 60 * 60 };

/** How a duration is written, as timeout(1) takes it: a number of seconds, or with s, m, h or d. */
export const durationPattern = /^\d+(?:\.\d+)?[smhd]?$/;

/** A timer holds 2^31 milliseconds at most, which is a little more. */
const longestMs = 24 * 24 * 60 * 60 * 1000;

/**
 * Milliseconds of a duration such as `90m`, `1.5h` or `5400`. Undefined where the text is none, or
 * one of more than 24 days.
 */
export function parseDuration(duration: string | number): number | undefined {
  const text = String(duration);
  if (!durationPattern.test(text)) return undefined;
  const unit = seconds[text.at(-1) ?? ""] ?? 1;
  const milliseconds = Math.round(Number.parseFloat(text) * unit * 1000);
  return milliseconds <= longestMs ? milliseconds : undefined;
}
