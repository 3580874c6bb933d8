import type { AttemptRecord, FlagKind, Review, Timeline } from "../../api/types";

export const MINUTE_MS = 60_000;

/** The minutes of an exam on one axis. */
export interface Axis {
  /** Start of the first minute, in milliseconds since 1970. */
  start: number;
  minutes: number;
}

/** Something that happened, at a time or from one time to another, in milliseconds since 1970. */
export type Happening = { key: string; at: number; until: number } & (
  | { type: "incident"; id: number; kind: FlagKind; review: Review; flags: number }
  | { type: "gap"; gap: string; reportedBy: string | null }
  | { type: "message"; text: string }
  | { type: "decision"; outcome: string }
  | { type: "live" | "rules" | "joined" | "finished" | "left" }
);

/** The exam's minutes; null before the first checked picture. */
export function axisOf({ start, states }: Timeline): Axis | null {
  return start === null || states === "" ? null : { start: Date.parse(start), minutes: states.length };
}

/** The minute of a time; a time outside the exam is at its beginning or its end. */
export function minuteOf({ start, minutes }: Axis, at: number): number {
  return Math.min(minutes - 1, Math.max(0, Math.floor((at - start) / MINUTE_MS)));
}

/** Where a time is on the axis, from 0 to 100. */
export function percentOf({ start, minutes }: Axis, at: number): number {
  return Math.min(100, Math.max(0, ((at - start) / (minutes * MINUTE_MS)) * 100));
}

export function timeOfMinute({ start }: Axis, minute: number): number {
  return start + minute * MINUTE_MS;
}

/** Everything that happened, in order. */
export function happeningsIn(record: AttemptRecord): Happening[] {
  const happenings: Happening[] = [
    once("joined", record.joined_at),
    ...record.incidents.map(
      ({ id, kind, review, flags, started_at, ended_at }): Happening => ({
        ...{ type: "incident", key: `incident ${id}`, id, kind, review, flags },
        ...{ at: Date.parse(started_at), until: Date.parse(ended_at) },
      }),
    ),
    ...record.gaps.map(({ start, minutes, type, reported_by }): Happening => {
      const at = Date.parse(start);
      const until = at + minutes * MINUTE_MS;
      return { type: "gap", key: `gap ${start}`, gap: type, reportedBy: reported_by, at, until };
    }),
    ...record.messages.map(
      ({ text, sent_at }, place): Happening => ({
        ...once("message", sent_at, place),
        type: "message",
        text,
      }),
    ),
    ...record.live_views.map((at, place) => once("live", at, place)),
    ...record.rule_changes.map(({ at }, place) => once("rules", at, place)),
    ...record.decisions.map(
      ({ outcome, at }, place): Happening => ({ ...once("decision", at, place), type: "decision", outcome }),
    ),
  ];
  if (record.finished_at) happenings.push(once("finished", record.finished_at));
  if (record.left_at) happenings.push(once("left", record.left_at));
  return happenings.sort((one, other) => one.at - other.at);
}

function once<Type extends string>(type: Type, time: string, place = 0) {
  const at = Date.parse(time);
  return { type, key: `${type} ${time} ${place}`, at, until: at };
}

/** What happened in a minute, also in part. */
export function happeningsAt(happenings: readonly Happening[], axis: Axis, minute: number): Happening[] {
  return happenings.filter(
    ({ at, until }) => minuteOf(axis, at) <= minute && minute <= minuteOf(axis, Math.max(at, until - 1)),
  );
}

/** The minute of the next (1) or previous (-1) thing that happened; null if there is none. */
export function adjacentMinute(
  happenings: readonly Happening[],
  axis: Axis,
  minute: number,
  direction: -1 | 1,
): number | null {
  const others = happenings
    .map(({ at }) => minuteOf(axis, at))
    .filter((other) => (other - minute) * direction > 0);
  if (others.length === 0) return null;
  return direction === 1 ? Math.min(...others) : Math.max(...others);
}

const LONG_STEP = 10;

/** The minute that a key leads to; null for other keys. */
export function targetOf(
  key: string,
  axis: Axis,
  happenings: readonly Happening[],
  minute: number,
): number | null {
  const within = (target: number) => Math.min(axis.minutes - 1, Math.max(0, target));
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return within(minute - 1);
    case "ArrowRight":
    case "ArrowUp":
      return within(minute + 1);
    case "PageDown":
      return within(minute - LONG_STEP);
    case "PageUp":
      return within(minute + LONG_STEP);
    case "Home":
      return 0;
    case "End":
      return axis.minutes - 1;
    case ",":
      return adjacentMinute(happenings, axis, minute, -1) ?? minute;
    case ".":
      return adjacentMinute(happenings, axis, minute, 1) ?? minute;
    default:
      return null;
  }
}

/** Consecutive minutes of one state. */
export interface Run {
  state: string;
  first: number;
  minutes: number;
}

export function runsOf(states: string): Run[] {
  const runs: Run[] = [];
  for (const [minute, state] of [...states].entries()) {
    const last = runs.at(-1);
    if (last?.state === state) last.minutes += 1;
    else runs.push({ state, first: minute, minutes: 1 });
  }
  return runs;
}

/** The gap that a minute is in. */
export function gapAt(
  gaps: Timeline["gaps"],
  axis: Axis,
  minute: number,
): Timeline["gaps"][number] | undefined {
  const at = timeOfMinute(axis, minute);
  return gaps.find(({ start, minutes }) => {
    const from = Date.parse(start);
    return from <= at && at < from + minutes * MINUTE_MS;
  });
}
