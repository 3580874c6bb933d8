import { describe, expect, it } from "vitest";
import type { People } from "../api/types";
import { lastCheck } from "./lastCheck";

const NOW = Date.parse("2026-05-04T12:00:00Z");
const INTERVAL = 5_000;

function people(ages: (number | null)[], keepingUp = true): People {
  const listed = ages.map((age) => ({
    last_frame_at: age === null ? null : new Date(NOW - age).toISOString(),
  }));
  const freshness = { keeping_up: keepingUp, last_verdict_at: new Date(NOW).toISOString() };
  return { people: listed, freshness } as unknown as People;
}

describe("when a picture of this meeting was last checked", () => {
  it("ignores other meetings", () => {
    expect(lastCheck(people([]), NOW, INTERVAL)).toEqual({ tone: "neutral", lastAt: null });
    expect(lastCheck(people([null, null]), NOW, INTERVAL)).toEqual({ tone: "neutral", lastAt: null });
  });

  it("is the newest of all people", () => {
    expect(lastCheck(people([90_000, null, 2_000]), NOW, INTERVAL)).toEqual({
      tone: "good",
      lastAt: NOW - 2_000,
    });
  });

  it("is neutral when it was long ago", () => {
    expect(lastCheck(people([20_000]), NOW, INTERVAL).tone).toBe("neutral");
  });

  it("is a warning while the server does not keep up", () => {
    expect(lastCheck(people([2_000], false), NOW, INTERVAL).tone).toBe("warning");
  });
});
