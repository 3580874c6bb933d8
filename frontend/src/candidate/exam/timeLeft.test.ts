import { expect, it } from "vitest";
import { timeAnnouncement, timeLeft } from "./timeLeft";

const MINUTE = 60_000;

it.each([
  [72 * MINUTE, "1 h 12 min"],
  [12 * MINUTE + 59_000, "12 min"],
  [5 * MINUTE - 1, "4:59"],
  [65_000, "1:05"],
  [1, "0:00"],
  [0, null],
  [-MINUTE, null],
])("shows %d ms as %j", (milliseconds, text) => {
  expect(timeLeft(milliseconds)).toBe(text);
});

it("is announced a few times only", () => {
  const announced = new Set<string>();
  for (let left = 60 * MINUTE; left > -MINUTE; left -= 1_000) announced.add(timeAnnouncement(left));
  expect([...announced]).toEqual([
    "",
    "Less than 30 minutes left.",
    "Less than 15 minutes left.",
    "Less than 5 minutes left.",
    "Less than one minute left.",
    "The time is up.",
  ]);
});
