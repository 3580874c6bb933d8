import { expect, it } from "vitest";
import { meetingIdIn } from "./links";

const ID = "0b7f3c1e-52a4-4b6f-9f0e-3a3c8d1f2a77";

it.each([ID, ID.toUpperCase(), `https://exam.example.org/proctor/meeting/${ID}`, ` ${ID}/review `])(
  "finds the exam in %s",
  (text) => expect(meetingIdIn(text)).toBe(ID),
);

it("takes the exam, not the person, of a person's page", () => {
  expect(meetingIdIn(`/meeting/${ID}/people/${ID.replace("0b", "1c")}`)).toBe(ID);
});

it.each(["", "https://exam.example.org/", ID.slice(1)])("finds no exam in %j", (text) =>
  expect(meetingIdIn(text)).toBeNull(),
);
