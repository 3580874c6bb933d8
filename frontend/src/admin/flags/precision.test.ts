import { describe, expect, it } from "vitest";
import type { FlagKind, KindPrecision } from "../../api/types";
import { precisionLabel } from "./precision";

function of(kind: FlagKind, confirmed: number, decided: number): KindPrecision {
  const [low, high] = decided ? [0.208, 0.939] : [null, null];
  return { kind, confirmed, decided, precision: null, low, high, versions: [] };
}

describe("the label of the precision", () => {
  it.each([
    [[], "", ""],
    [[of("no_face", 0, 0)], "", ""],
    [[of("no_face", 2, 3)], "multiple_faces", ""],
    [[of("no_face", 2, 3)], "no_face", "2 of 3 reviewed incidents confirmed (95 % interval 21–94 %)"],
    [
      [of("no_face", 2, 3), of("technical", 0, 0)],
      "",
      "2 of 3 reviewed incidents confirmed (95 % interval 21–94 %)",
    ],
    [[of("no_face", 2, 3), of("technical", 1, 4)], "", "3 of 7 reviewed incidents confirmed"],
  ] as const)("of %o filtered by '%s' is '%s'", (kinds, kind, label) => {
    expect(precisionLabel(kinds, kind)).toBe(label);
  });
});
