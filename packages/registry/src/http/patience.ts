/** How long a registry is waited for. */
export interface Patience {
  /** Milliseconds that it may say nothing, or next to nothing. */
  readonly idleMs: number;
  /** Milliseconds within which what fails for a moment is tried again. */
  readonly retryMs: number;
  readonly signal?: AbortSignal | undefined;
}
