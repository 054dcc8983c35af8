import { editDistance } from "./edit-distance.ts";

/**
 * The candidate closest to `word`, where it is so close that a person would guess it too: one mistyped
 * letter in a word of three to five letters, two in one of up to ten, three in a longer one.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = toleratedIn(word) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function toleratedIn({ length }: string): number {
  if (length < 3) return 0;
  if (length < 6) return 1;
  return length < 11 ? 2 : 3;
}
