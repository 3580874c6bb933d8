// Above what an NTP client corrects at a time; a computer that slept has lost more.
const JUMP_MS = 1_000;

let offset = Date.now() - performance.now();

/**
 * Milliseconds since 1970, for measuring ages: never goes back.
 *
 * The computer's clock may be set back in the middle of an exam, and the browser's own may stand still while the
 * computer sleeps. Of the two, the one that says that more time has passed is believed: an age is never too short.
 */
export function now(): number {
  const steady = performance.now();
  const seen = Date.now() - steady;
  if (seen > offset + JUMP_MS) offset = seen;
  return steady + offset;
}
