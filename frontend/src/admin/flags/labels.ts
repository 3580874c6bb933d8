import type { Flag, FlagKind } from "../../api/types";

export const KIND_NAMES: Record<FlagKind, string> = {
  multiple_faces: "More than one person",
  no_face: "Nobody in the picture",
  face_hidden: "Face not visible",
  technical: "Camera shows nothing",
};

/** What was counted: faces, and people without a visible face. */
export function countLabel({ findings: { faces, persons } }: Flag): string {
  const hidden = persons?.filter(({ without_face }) => without_face).length ?? 0;
  const counts = [
    faces.length > 0 && plural(faces.length, "face", "faces"),
    hidden > 0 && plural(hidden, "person without a visible face", "people without a visible face"),
  ];
  return counts.filter(Boolean).join(", ") || "no face";
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The lowest score of the detected faces: the one that the flag depends on. */
export function confidenceLabel({ findings: { faces } }: Flag): string {
  if (faces.length === 0) return "No face";
  return `Weakest face scored ${Math.min(...faces.map(({ score }) => score)).toFixed(2)}`;
}
