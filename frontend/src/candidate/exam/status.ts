import type { PictureQuality } from "../../api/types";
import { ago } from "../../ui/time";
import { type ConcernKind, concernIn } from "./concerns";
import type { LoopState } from "./FrameLoop";

/** The camera's state as the page knows it; the frame loop notices it only at its next picture. */
export type CameraState = "opening" | "on" | "off";

/** `trouble` and `waiting` are about getting a verdict, the others about the verdict. */
export type Tone = "good" | "warning" | "neutral" | "trouble" | "waiting";

/** What the status line says. Screen readers announce only `text`, when it changes. */
export interface Status {
  tone: Tone;
  text: string;
  checkedAt: number | null;
  /** What to fix in the picture; null while there is no picture, whatever the last one showed. */
  concern: ConcernKind | null;
}

/** From this multiple of the base interval on, the server counts as busy. */
const SLOWED_FACTOR = 1.5;
const OVERDUE_INTERVALS = 3;
const MIN_OVERDUE_MS = 10_000;

/** The only source of what the page says about checking. `baseIntervalMs` is the meeting's frame interval. */
export function statusOf(state: LoopState, camera: CameraState, baseIntervalMs: number, now: number): Status {
  const described = describeCamera(state, camera) ?? describe(state, baseIntervalMs, now);
  const concern = camera === "on" ? state.concern : null;
  return { ...described, checkedAt: state.last?.takenAt ?? null, concern };
}

/** The line as shown: "Checked 2 s ago · all good". */
export function statusLine({ text, checkedAt, tone }: Status, now: number): string {
  if (checkedAt === null) return capitalize(text);
  const age = ago(now - checkedAt);
  return tone === "trouble" || tone === "waiting"
    ? `${capitalize(text)} · last checked ${age}`
    : `Checked ${age} · ${text}`;
}

type Description = Pick<Status, "tone" | "text">;

/** null while the camera is on (the frame loop knows more), or when the candidate has to join again. */
function describeCamera({ condition }: LoopState, camera: CameraState): Description | null {
  if (condition === "expired" || camera === "on") return null;
  return camera === "off"
    ? { tone: "trouble", text: "camera is off" }
    : { tone: "waiting", text: "turning the camera on" };
}

function describe(state: LoopState, baseIntervalMs: number, now: number): Description {
  switch (state.condition) {
    case "starting":
      return { tone: "waiting", text: "taking the first picture" };
    case "camera_off":
      return { tone: "waiting", text: "taking the next picture" };
    case "lost":
      return { tone: "trouble", text: "connection lost, trying again" };
    case "busy":
      return { tone: "waiting", text: "server is busy, sending less often" };
    case "waiting":
      return { tone: "waiting", text: "waiting for the server" };
    case "expired":
      return { tone: "trouble", text: "no longer checked: join again" };
    case "unjudged":
      return { tone: "waiting", text: "the last picture could not be checked, trying the next" };
    case "judged":
      return describeJudged(state, baseIntervalMs, now);
  }
}

function describeJudged(state: LoopState, baseIntervalMs: number, now: number): Description {
  const interval = state.intervalMs ?? baseIntervalMs;
  const age = now - (state.last?.takenAt ?? now);
  if (age > Math.max(OVERDUE_INTERVALS * interval, MIN_OVERDUE_MS)) {
    return { tone: "waiting", text: "waiting for the server" };
  }
  const current = state.last ? concernIn(state.last.job, state.concern) : null;
  if (state.concern) {
    return current
      ? { tone: "warning", text: "please read the warning" }
      : { tone: "neutral", text: "good this time, checking once more" };
  }
  if (current) return { tone: "neutral", text: "nobody seen this time, checking once more" };
  const light = state.last?.job.picture ? LIGHT[state.last.job.picture] : null;
  if (light) return { tone: "neutral", text: light };
  const slowed = interval > baseIntervalMs * SLOWED_FACTOR;
  return { tone: "good", text: slowed ? "all good · server is busy, sending less often" : "all good" };
}

/** What would help although the candidate can be seen; an unusable picture is a concern instead. */
const LIGHT: Record<PictureQuality, string | null> = {
  good: null,
  dim: "you can be seen, but more light would help",
  bright: "you can be seen, but less light would help",
  unusable: null,
};

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
