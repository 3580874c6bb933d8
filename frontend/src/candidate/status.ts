import { ago } from "../ui/time";
import type { LoopState } from "./FrameLoop";

/** `trouble` and `waiting` are about the way to the verdict, the others about what it said. */
export type Tone = "good" | "warning" | "neutral" | "trouble" | "waiting";

/** The one line that is always true. `words` alone is what a screen reader is told, when it changes. */
export interface Status {
  tone: Tone;
  words: string;
  checkedAt: number | null;
}

const SLOWED = 1.5;
const OVERDUE_INTERVALS = 3;
const OVERDUE_AT_LEAST_MS = 10_000;

/** `usualMs` is the meeting's own frame interval, `now` in milliseconds since 1970. */
export function statusOf(state: LoopState, usualMs: number, now: number): Status {
  const { tone, words } = describe(state, usualMs, now);
  return { tone, words, checkedAt: state.last?.takenAt ?? null };
}

/** The line as it is shown: "Checked 2 s ago · all good". */
export function statusLine({ words, checkedAt, tone }: Status, now: number): string {
  if (checkedAt === null) return capital(words);
  const age = ago(now - checkedAt);
  return tone === "trouble" || tone === "waiting"
    ? `${capital(words)} · last checked ${age}`
    : `Checked ${age} · ${words}`;
}

function describe(state: LoopState, usualMs: number, now: number): { tone: Tone; words: string } {
  switch (state.condition) {
    case "starting":
      return { tone: "waiting", words: "taking the first picture" };
    case "camera_off":
      return { tone: "trouble", words: "camera is off" };
    case "lost":
      return { tone: "trouble", words: "connection lost, trying again" };
    case "busy":
      return { tone: "waiting", words: "server is busy, sending less often" };
    case "expired":
      return { tone: "trouble", words: "no longer checked: join again" };
    case "unjudged":
      return { tone: "waiting", words: "the last picture could not be checked, trying the next" };
    case "judged":
      return describeJudged(state, usualMs, now);
  }
}

function describeJudged(state: LoopState, usualMs: number, now: number): { tone: Tone; words: string } {
  const interval = state.intervalMs ?? usualMs;
  const age = now - (state.last?.takenAt ?? now);
  if (age > Math.max(OVERDUE_INTERVALS * interval, OVERDUE_AT_LEAST_MS)) {
    return { tone: "waiting", words: "waiting for the server" };
  }
  if (state.concern) return { tone: "warning", words: "please read the message" };
  if (state.last?.job.faces === 0) return { tone: "neutral", words: "no face seen this time" };
  const slowed = interval > usualMs * SLOWED;
  return { tone: "good", words: slowed ? "all good · server is busy, sending less often" : "all good" };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
