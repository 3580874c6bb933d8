import { expect, it } from "vitest";
import { NO_EXAM, toInput, toSettings } from "./examInput";

it("keeps the time of an exam whatever the time zone", () => {
  const settings = { exam_url: "https://lms.example.org/7", ends_at: "2026-07-01T12:30:00.000Z" };
  expect(toSettings(toInput(settings))).toEqual(settings);
});

it("leaves out what is blank", () => {
  expect(toSettings({ ...NO_EXAM, examUrl: " " })).toEqual({ exam_url: null, ends_at: null });
  expect(toInput({ exam_url: null, ends_at: null })).toEqual(NO_EXAM);
});
