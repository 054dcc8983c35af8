/** How long mirrors are waited for, and how often they are asked. */
export interface Limits {
  /** Milliseconds until a mirror has to have begun its answer. */
  readonly answerMs: number;
  /** Milliseconds that an answer may stand still. */
  readonly stallMs: number;
  /** Bytes a second that a mirror has to send while another one is left to ask. */
  readonly leastRate: number;
  /** Milliseconds that it may be slower. */
  readonly patienceMs: number;
  /** How often all mirrors are asked for a file again, each time after a longer pause. */
  readonly retries: number;
  /** Milliseconds of the first pause. */
  readonly pauseMs: number;
  /** Milliseconds that a mirror is asked last after a fault; each further one doubles them. */
  readonly restMs: number;
  /** Milliseconds that it is remembered that nobody delivers a file: apt asks again at once, and more than once. */
  readonly rememberMs: number;
  /** Milliseconds after which a file that no mirror delivers is given up. */
  readonly giveUpMs: number;
}

export const defaultLimits: Limits = {
  answerMs: 10_000,
  stallMs: 10_000,
  leastRate: 16 * 1024,
  patienceMs: 5000,
  retries: 3,
  pauseMs: 1000,
  restMs: 5000,
  rememberMs: 20_000,
  giveUpMs: 10 * 60_000,
};
