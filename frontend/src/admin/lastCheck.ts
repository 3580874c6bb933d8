import type { People } from "../api/types";

export type CheckTone = "good" | "neutral" | "warning";

// The same as the server's limit for `stale`.
const FRESH_INTERVALS = 4;

/**
 * When a picture of this meeting was last checked, and whether that is recent enough.
 *
 * The server's `last_verdict_at` covers all meetings, so it says nothing about this one.
 */
export function lastCheck(
  { people, freshness }: People,
  now: number,
  intervalMs: number,
): { tone: CheckTone; lastAt: number | null } {
  const times = people.flatMap(({ last_frame_at }) => (last_frame_at ? [Date.parse(last_frame_at)] : []));
  if (times.length === 0) return { tone: "neutral", lastAt: null };
  const lastAt = times.reduce((latest, time) => Math.max(latest, time));
  const isFresh = now - lastAt < FRESH_INTERVALS * intervalMs;
  if (!freshness.keeping_up) return { tone: "warning", lastAt };
  return { tone: isFresh ? "good" : "neutral", lastAt };
}
