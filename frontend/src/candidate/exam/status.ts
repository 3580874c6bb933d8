import { ago } from "../../ui/time";
import type { ConcernKind } from "./concerns";
import type { LoopState } from "./FrameLoop";

/** The camera as the page has it: the frame loop only learns of it at its next picture. */
export type CameraState = "opening" | "on" | "off";

/** `trouble` and `waiting` are about the way to the verdict, the others about what it said. */
export type Tone = "good" | "warning" | "neutral" | "trouble" | "waiting";

/** The one line that is always true. `words` alone is what a screen reader is told, when it changes. */
export interface Status {
  tone: Tone;
  words: string;
  checkedAt: number | null;
  /** What to put right in the picture; null while there is no picture, whatever the last one showed. */
  concern: ConcernKind | null;
}

const SLOWED = 1.5;
const OVERDUE_INTERVALS = 3;
const OVERDUE_AT_LEAST_MS = 10_000;

/** The only source of what the page says of the checking. `usualMs` is the meeting's own frame interval. */
export function statusOf(state: LoopState, camera: CameraState, usualMs: number, now: number): Status {
  const said = describeCamera(state, camera) ?? describe(state, usualMs, now);
  const concern = camera === "on" ? state.concern : null;
  return { ...said, checkedAt: state.last?.takenAt ?? null, concern };
}

/** The line as it is shown: "Checked 2 s ago · all good". */
export function statusLine({ words, checkedAt, tone }: Status, now: number): string {
  if (checkedAt === null) return capital(words);
  const age = ago(now - checkedAt);
  return tone === "trouble" || tone === "waiting"
    ? `${capital(words)} · last checked ${age}`
    : `Checked ${age} · ${words}`;
}

interface Said {
  tone: Tone;
  words: string;
}

/** null while the camera is on: then the frame loop knows best. Joining again comes first in any case. */
function describeCamera({ condition }: LoopState, camera: CameraState): Said | null {
  if (condition === "expired" || camera === "on") return null;
  return camera === "off"
    ? { tone: "trouble", words: "camera is off" }
    : { tone: "waiting", words: "turning the camera on" };
}

function describe(state: LoopState, usualMs: number, now: number): Said {
  switch (state.condition) {
    case "starting":
      return { tone: "waiting", words: "taking the first picture" };
    case "camera_off":
      return { tone: "waiting", words: "taking the next picture" };
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

function describeJudged(state: LoopState, usualMs: number, now: number): Said {
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
