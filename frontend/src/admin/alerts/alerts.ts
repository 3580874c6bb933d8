import type { NewIncident } from "../../api/types";

/** A candidate causes at most one alert in this time. */
export const QUIET_MS = 60_000;

/** What staff have been alerted to. */
export interface Alerts {
  /** Ids of incidents that were listed; null before the first answer, which alerts to nothing. */
  known: ReadonlySet<number> | null;
  /** Time of the last alert by candidate, in milliseconds. */
  alertedAt: ReadonlyMap<string, number>;
  /** Incidents without an alert of their own, as their candidate had one shortly before. */
  held: number;
  /** The incidents to alert to now, the newest first. */
  current: readonly NewIncident[];
}

export const NO_ALERTS: Alerts = { known: null, alertedAt: new Map(), held: 0, current: [] };

/** Alert to each new incident once, however many frames it has, and to one of a candidate in QUIET_MS. */
export function noticeIncidents(before: Alerts, newest: readonly NewIncident[], now: number): Alerts {
  const known = new Set([...(before.known ?? []), ...newest.map(({ id }) => id)]);
  if (before.known === null) return { ...before, known };
  const added = newest.filter(({ id }) => !before.known?.has(id));
  if (added.length === 0) return before.current.length === 0 ? before : { ...before, current: [] };
  const alertedAt = new Map([...before.alertedAt].filter(([, at]) => now - at < QUIET_MS));
  const current = added.filter(({ participant_id }) => {
    if (alertedAt.has(participant_id)) return false;
    alertedAt.set(participant_id, now);
    return true;
  });
  return { known, alertedAt, held: before.held + added.length - current.length, current };
}
