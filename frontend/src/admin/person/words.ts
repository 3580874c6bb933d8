import type { GapType, MinuteState, Timeline } from "../../api/types";
import { timeOfDay } from "../../ui/time";
import { KIND_NAMES } from "../flags/labels";
import { REVIEW_LABELS } from "../flags/ReviewMark";
import type { Happening } from "./axis";

/** The letters of a timeline. */
export const STATES: Record<string, { name: MinuteState; label: string }> = {
  v: { name: "verified", label: "In view" },
  f: { name: "flagged", label: "Flagged" },
  h: { name: "face_hidden", label: "Face not visible" },
  n: { name: "nobody", label: "Nobody" },
  d: { name: "dark", label: "No usable picture" },
  "-": { name: "gap", label: "Gap" },
};

const GAPS: Record<GapType, string> = {
  network: "connection lost",
  page_closed: "page closed",
  camera_off: "camera off",
  refused: "the server was too busy",
  server: "our server was down",
  paused_by_staff: "a break",
  finished: "after the candidate finished",
  unknown: "reason unknown",
};

const isGapType = (type: string): type is GapType => type in GAPS;

/** Why there is a gap, and who says so. */
export function gapLabel(type: string, reportedBy: string | null): string {
  const reason = isGapType(type) ? GAPS[type] : type;
  if (reportedBy === "page") return `${reason}, says the candidate's page`;
  if (reportedBy === "staff") return `${reason}, given by an invigilator`;
  return reportedBy === "server" ? `${reason}, says the server` : reason;
}

export const OUTCOMES = {
  clear: "Clear",
  violation: "Violation",
  inconclusive: "Inconclusive",
  reopened: "Reopened",
} as const;

export function outcomeLabel(outcome: string): string {
  return outcome in OUTCOMES ? OUTCOMES[outcome as keyof typeof OUTCOMES] : outcome;
}

/** What happened, in a few words. */
export function happeningLabel(happening: Happening): string {
  switch (happening.type) {
    case "incident":
      return `${KIND_NAMES[happening.kind]} (${REVIEW_LABELS[happening.review].toLowerCase()})`;
    case "gap":
      return `Gap: ${gapLabel(happening.gap, happening.reportedBy)}`;
    case "message":
      return `Message: ${happening.text}`;
    case "decision":
      return `Decision: ${outcomeLabel(happening.outcome)}`;
    case "live":
      return "Watched live";
    case "rules":
      return "Rules changed";
    case "joined":
      return "Joined";
    case "finished":
      return "Finished the exam";
    case "left":
      return "Left";
  }
}

/** A minute in words: state, what was counted, and why there is a gap. */
export function minuteLabel(
  timeline: Timeline,
  minute: number,
  gap: Timeline["gaps"][number] | undefined,
): string {
  if (gap) return `Gap: ${gapLabel(gap.type, gap.reported_by)}`;
  const state = STATES[timeline.states[minute] ?? "-"]?.label ?? "";
  const frames = timeline.frames[minute] ?? 0;
  const faces = timeline.faces[minute] ?? 0;
  const counts = `${frames} ${frames === 1 ? "picture" : "pictures"}, at most ${faces} ${faces === 1 ? "face" : "faces"}`;
  return frames > 0 ? `${state}: ${counts}` : state;
}

/** From when to when, to the second. */
export function period(at: number, until: number): string {
  const [from, to] = [timeOfDay(at), timeOfDay(until)];
  return from === to ? from : `${from} to ${to}`;
}

const HOURS = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** The time of day to the minute. */
export function clockTime(at: number): string {
  return HOURS.format(new Date(at));
}

/** A reason code in words: "another person" for another_person. */
export function codeLabel(code: string): string {
  return code.replaceAll("_", " ");
}
