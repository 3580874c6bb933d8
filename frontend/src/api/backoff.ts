const FIRST_MS = 1_000;
const LONGEST_MS = 20_000;

/**
 * How long to wait after so many failures in a row, in milliseconds.
 *
 * Half of it is chance: when a server comes back, its clients must not all come back in the same instant.
 * What the server itself asked for (`retryAfterMs`) is a lower bound.
 */
export function backoff(failures: number, retryAfterMs: number | null, random: () => number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  const own = longest * (0.5 + 0.5 * random());
  return retryAfterMs === null ? own : Math.max(own, retryAfterMs * (1 + 0.5 * random()));
}
