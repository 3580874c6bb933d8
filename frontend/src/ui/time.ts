const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A short duration: "12 s", "5 min", "2 h". */
export function duration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < MINUTE) return `${Math.round(length / 1_000)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  return `${Math.floor(length / HOUR)} h`;
}

/** An age: "just now", "12 s ago". */
export function ago(milliseconds: number): string {
  return milliseconds < 1_000 ? "just now" : `${duration(milliseconds)} ago`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** The time of day to the second, with the date if it is not today. */
export function timeOfDay(at: number | string, now = Date.now()): string {
  const time = new Date(at);
  return time.toDateString() === new Date(now).toDateString() ? CLOCK.format(time) : DAY.format(time);
}

/** Date and time to the second. */
export function dayAndTime(at: number | string): string {
  return DAY.format(new Date(at));
}
