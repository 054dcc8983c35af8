import { distance } from "fastest-levenshtein";

/** The candidate closest to `word`, if it is close enough to be a typo of it. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // Changing every letter of a short word is no typo.
  const tolerated = Math.min(Math.max(2, Math.floor(word.length / 3)), word.length - 1);
  let bestDistance = tolerated + 1;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}
