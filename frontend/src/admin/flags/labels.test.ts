import { describe, expect, it } from "vitest";
import type { Flag } from "../../api/types";
import { confidenceLabel, countLabel } from "./labels";

const BOX = { left: 0, top: 0, width: 10, height: 10 };

function flagWith(faces: number[], persons: [score: number, withoutFace: boolean][] | null): Flag {
  const findings = {
    faces: faces.map((score) => ({ box: BOX, score })),
    persons: persons?.map(([score, without_face]) => ({ box: BOX, score, without_face })) ?? null,
  };
  return { findings } as unknown as Flag;
}

describe("the labels of a flag", () => {
  it.each([
    [flagWith([0.9, 0.61], null), "2 faces", "Weakest face scored 0.61"],
    [
      flagWith(
        [0.9],
        [
          [0.8, false],
          [0.41, true],
        ],
      ),
      "1 face, 1 person without a visible face",
      "Person without a visible face scored 0.41",
    ],
    [flagWith([], [[0.2, false]]), "no face", "No face"],
  ])("count faces, and only people whose face is hidden", (flag, count, confidence) => {
    expect(countLabel(flag)).toBe(count);
    expect(confidenceLabel(flag)).toBe(confidence);
  });
});
