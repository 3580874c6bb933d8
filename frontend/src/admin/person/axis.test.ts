import { describe, expect, it } from "vitest";
import type { AttemptRecord } from "../../api/types";
import {
  adjacentMinute,
  axisOf,
  gapAt,
  happeningsAt,
  happeningsIn,
  minuteOf,
  percentOf,
  runsOf,
  targetOf,
} from "./axis";
import { formatMoment } from "./useMoment";

const time = (minute: number, second = 0) =>
  new Date(Date.UTC(2026, 10, 27, 9, minute, second)).toISOString();
const at = (minute: number, second = 0) => Date.parse(time(minute, second));

const axis = { start: at(0), minutes: 20 };
const record = {
  joined_at: time(-5),
  left_at: time(19, 30),
  incidents: [
    {
      id: 7,
      kind: "multiple_faces",
      review: "open",
      flags: 3,
      started_at: time(4, 50),
      ended_at: time(6, 10),
    },
  ],
  gaps: [{ start: time(10), minutes: 2, type: "network", reported_by: "page" }],
  messages: [{ text: "Are you alone?", sent_at: time(6, 30), delivered_at: null, acknowledged_at: null }],
  live_views: [time(6, 20)],
  rule_changes: [],
  decisions: [{ outcome: "clear", at: time(300) }],
} as unknown as AttemptRecord;

describe("the axis of an exam", () => {
  it("has no minutes before the first picture", () => {
    expect(axisOf({ start: null, states: "" } as never)).toBeNull();
  });

  it("puts what happened outside the exam at its ends", () => {
    expect(minuteOf(axis, at(-5))).toBe(0);
    expect(minuteOf(axis, at(300))).toBe(19);
    expect(percentOf(axis, at(300))).toBe(100);
    expect(percentOf(axis, at(10))).toBe(50);
  });

  it("merges equal minutes", () => {
    expect(runsOf("vvf--v")).toEqual([
      { state: "v", first: 0, minutes: 2 },
      { state: "f", first: 2, minutes: 1 },
      { state: "-", first: 3, minutes: 2 },
      { state: "v", first: 5, minutes: 1 },
    ]);
  });
});

describe("what happened", () => {
  const happenings = happeningsIn(record);

  it("is in order and has all kinds", () => {
    const types = happenings.map(({ type }) => type);
    expect(types).toEqual(["joined", "incident", "live", "message", "gap", "left", "decision"]);
    expect(new Set(happenings.map(({ key }) => key)).size).toBe(types.length);
  });

  it("belongs to every minute it touches", () => {
    const typesAt = (minute: number) => happeningsAt(happenings, axis, minute).map(({ type }) => type);
    expect(typesAt(3)).toEqual([]);
    expect(typesAt(4)).toEqual(["incident"]);
    expect(typesAt(6)).toEqual(["incident", "live", "message"]);
    expect(typesAt(11)).toEqual(["gap"]);
    expect(typesAt(12)).toEqual([]);
  });

  it("is reached step by step", () => {
    expect(adjacentMinute(happenings, axis, 0, 1)).toBe(4);
    expect(adjacentMinute(happenings, axis, 4, 1)).toBe(6);
    expect(adjacentMinute(happenings, axis, 6, -1)).toBe(4);
    expect(adjacentMinute(happenings, axis, 19, 1)).toBeNull();
  });

  it("is reached by keys, which stay within the exam", () => {
    expect(targetOf("ArrowRight", axis, happenings, 4)).toBe(5);
    expect(targetOf("PageDown", axis, happenings, 4)).toBe(0);
    expect(targetOf("End", axis, happenings, 4)).toBe(19);
    expect(targetOf(".", axis, happenings, 4)).toBe(6);
    expect(targetOf(".", axis, happenings, 19)).toBe(19);
    expect(targetOf("x", axis, happenings, 4)).toBeNull();
  });

  it("finds the gap of a minute", () => {
    const gaps = record.gaps as never;
    expect(gapAt(gaps, axis, 9)).toBeUndefined();
    expect(gapAt(gaps, axis, 11)).toMatchObject({ type: "network" });
  });
});

it("writes the minute and the zoom as a query", () => {
  expect(formatMoment(Number.NaN, 1)).toBe("");
  expect(decodeURIComponent(formatMoment(at(4), 4))).toBe("at=2026-11-27T09:04Z&zoom=4");
});
