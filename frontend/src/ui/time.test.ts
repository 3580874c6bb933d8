import { describe, expect, it } from "vitest";
import { dayAndTime, timeOfDay } from "./time";

const NOON = new Date(2026, 4, 4, 12, 0, 7);

describe("times", () => {
  it("have seconds, and no date today", () => {
    expect(timeOfDay(NOON.toISOString(), NOON.getTime() + 3_600_000)).toMatch(/^12:00:07\D*$/);
  });

  it("have the date when it is not today's", () => {
    const nextMorning = new Date(2026, 4, 5, 8).getTime();
    expect(timeOfDay(NOON.getTime(), nextMorning)).toMatch(/May 4, 2026.*12:00:07/);
  });

  it("have date and seconds in the viewer", () => {
    expect(dayAndTime(NOON.getTime())).toMatch(/2026.*12:00:07/);
  });
});
