import { describe, expect, it } from "vitest";
import { levelsOf, SCALED_RULES } from "./levels";

const USUAL = {
  faces_allowed: 1,
  face_threshold: 0.5,
  confirm_threshold: -0.5,
  suspicion_frames: 2,
  no_face_seconds: 10,
  face_hidden_seconds: 0,
  second_person: true,
  sure_face_threshold: 0.7,
  sure_face_allowance: 0.4,
  max_mouth_angle: 10,
  person_threshold: 0.5,
  second_person_threshold: 0.6,
};
const names = (rule: (typeof SCALED_RULES)[number], usual = USUAL) =>
  levelsOf(rule, usual).map(({ name, value }) => `${name} ${value}`);

describe("levels", () => {
  it("leave out those that equal the usual one", () => {
    expect(names("faces_allowed")).toEqual(["low 2", "usual 1"]);
    expect(names("face_hidden_seconds")).toEqual(["usual 0", "high 60"]);
    expect(names("second_person")).toEqual(["low false", "usual true"]);
    expect(names("suspicion_frames")).toEqual(["low 3", "usual 2", "high 1"]);
  });

  it("follow the operator's defaults", () => {
    expect(names("no_face_seconds", { ...USUAL, no_face_seconds: 300 })).toEqual([
      "low 600",
      "usual 300",
      "high 150",
    ]);
    expect(names("second_person", { ...USUAL, second_person: false })).toEqual(["usual false", "high true"]);
  });

  it("stay within what the gateway accepts", () => {
    const extreme = { ...USUAL, confirm_threshold: -1, no_face_seconds: 600, suspicion_frames: 3 };
    expect(names("confirm_threshold", extreme)).toEqual(["low -0.5", "usual -1"]);
    expect(names("no_face_seconds", extreme)).toEqual(["usual 600", "high 300"]);
    expect(names("suspicion_frames", extreme)).toEqual(["usual 3", "high 1"]);
  });

  it("say in words what each means", () => {
    const texts = SCALED_RULES.flatMap((rule) => levelsOf(rule, USUAL).map(({ meaning }) => meaning));
    expect(texts).toContain("Flagged after 30 s.");
    expect(texts.every((text) => /^[A-Z\d].*\.$/.test(text))).toBe(true);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
