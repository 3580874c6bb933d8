import type { People } from "../api/types";

export type CheckTone = "good" | "neutral" | "warning";

// As the server has it, in api/participants/presence.py: until then nobody is called stale.
const FRESH_INTERVALS = 4;

/**
 * When a picture of this meeting was last checked, and whether that is good.
 *
 * The server's own `last_verdict_at` is of all meetings: it says nothing of one in which nobody is checked.
 */
export function lastCheck(
  { people, freshness }: People,
  now: number,
  usualMs: number,
): { tone: CheckTone; lastAt: number | null } {
  const times = people.flatMap(({ last_frame_at }) => (last_frame_at ? [Date.parse(last_frame_at)] : []));
  if (times.length === 0) return { tone: "neutral", lastAt: null };
  const lastAt = times.reduce((latest, time) => Math.max(latest, time));
  const isFresh = now - lastAt < FRESH_INTERVALS * usualMs;
  if (!freshness.keeping_up) return { tone: "warning", lastAt };
  return { tone: isFresh ? "good" : "neutral", lastAt };
}
