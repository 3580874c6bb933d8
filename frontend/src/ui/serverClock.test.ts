import { expect, it } from "vitest";
import { now } from "./now";
import { learnServerTime, serverOffset } from "./serverClock";

const HOUR = 3_600_000;

it("learns how far the server's clock is ahead", () => {
  const sentAt = now();
  learnServerTime(new Date(sentAt + HOUR).toISOString(), sentAt);
  expect(serverOffset()).toBeGreaterThan(HOUR - 60_000);
  expect(serverOffset()).toBeLessThan(HOUR + 60_000);
});

it("keeps what it knows when an answer has no time", () => {
  const before = serverOffset();
  learnServerTime("", now());
  expect(serverOffset()).toBe(before);
});
