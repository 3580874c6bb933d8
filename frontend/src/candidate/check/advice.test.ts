import { expect, it } from "vitest";
import type { Job, PictureQuality } from "../../api/types";
import { concernIn } from "../exam/concerns";
import { initialState } from "../exam/FrameLoop";
import { statusOf } from "../exam/status";
import { adviceOn } from "./advice";

function jobWith(picture: PictureQuality | null, faces: number): Job {
  const findings = { height: 480, faces: faces ? [{ box: { height: 160 } }] : [], brightness: 0.01 };
  return { faces, flags: [], picture, findings } as unknown as Job;
}

it.each<[PictureQuality, number, boolean]>([
  ["good", 1, true],
  ["dim", 1, false],
  ["bright", 1, false],
  ["unusable", 0, false],
  ["good", 0, false],
])("the check and the exam agree on a %s picture with %i faces", (picture, faces, good) => {
  const job = jobWith(picture, faces);
  const last = { job, takenAt: 0, answeredAt: 0 };
  const state = { ...initialState({ judged: 1, episodes: [] }, 0), condition: "judged" as const, last };
  expect(adviceOn(job).every(({ ok }) => ok)).toBe(good);
  expect(statusOf(state, "on", 5_000, 0).tone === "good").toBe(good);
});

it("says one thing about an unusable picture", () => {
  expect(adviceOn(jobWith("unusable", 0))).toHaveLength(1);
  expect(concernIn(jobWith("unusable", 0), null)).toBe("technical");
});

it("leaves brightness to the server", () => {
  expect(adviceOn(jobWith("good", 1)).every(({ ok }) => ok)).toBe(true);
  expect(adviceOn(jobWith(null, 1)).map(({ text }) => text)).toEqual([
    "One face, that's you",
    "Distance is good",
  ]);
});
