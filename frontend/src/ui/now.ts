// More than an NTP client corrects at once, less than a sleep of the computer.
const JUMP_MS = 1_000;

let offset = Date.now() - performance.now();

/**
 * Milliseconds since 1970, for measuring ages; monotonic.
 *
 * The system clock may be set back in the middle of an exam, and `performance.now()` may stop while the computer
 * sleeps. We use whichever says that more time has passed, so that an age is never too short.
 */
export function now(): number {
  const monotonic = performance.now();
  const current = Date.now() - monotonic;
  if (current > offset + JUMP_MS) offset = current;
  return monotonic + offset;
}
