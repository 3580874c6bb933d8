import type { Flag, FlagKind } from "../../api/types";

export const KIND_NAMES: Record<FlagKind, string> = {
  multiple_faces: "More than one person",
  no_face: "Nobody in the picture",
  technical: "Camera shows nothing",
};

/** The lowest score of the detected faces: the one that the flag depends on. */
export function confidenceLabel({ findings: { faces } }: Flag): string {
  if (faces.length === 0) return "No face";
  return `Weakest face scored ${Math.min(...faces.map(({ score }) => score)).toFixed(2)}`;
}
