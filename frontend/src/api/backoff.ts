const BASE_MS = 1_000;
const MAX_MS = 20_000;

/**
 * Exponential backoff with jitter: milliseconds to wait after so many failures in a row.
 *
 * Half of the wait is random, so that clients do not all return in the same instant.
 * `retryAfterMs`, the server's own wish, is a lower bound.
 */
export function backoff(failures: number, retryAfterMs: number | null, random: () => number): number {
  const limit = Math.min(MAX_MS, BASE_MS * 2 ** (failures - 1));
  const delay = limit * (0.5 + 0.5 * random());
  return retryAfterMs === null ? delay : Math.max(delay, retryAfterMs * (1 + 0.5 * random()));
}
