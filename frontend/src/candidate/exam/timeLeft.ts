const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** From here on seconds are shown. */
const LAST_MS = 5 * MINUTE;
/** Screen readers are told at these, and at the end. */
const MILESTONES = [30, 15, 5, 1];

/** "1 h 12 min", "12 min", "4:05"; null when the time is up. */
export function timeLeft(milliseconds: number): string | null {
  if (milliseconds <= 0) return null;
  if (milliseconds < LAST_MS) {
    const seconds = Math.floor(milliseconds / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  const hours = Math.floor(milliseconds / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}

/** What to announce; it changes only a few times in an exam. */
export function timeAnnouncement(milliseconds: number): string {
  if (milliseconds <= 0) return "The time is up.";
  const passed = MILESTONES.filter((minutes) => milliseconds <= minutes * MINUTE).at(-1);
  if (passed === undefined) return "";
  return `Less than ${passed === 1 ? "one minute" : `${passed} minutes`} left.`;
}

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
});
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** When the exam ends, in this computer's time zone; with the day if it is not that of `now`. */
export function endTime(endsAt: number, now: number): string {
  const end = new Date(endsAt);
  const time = TIME.format(end);
  return end.toDateString() === new Date(now).toDateString() ? time : `${DAY.format(end)}, ${time}`;
}
