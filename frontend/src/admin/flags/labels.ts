import type { DetectedPerson, Findings, Flag, FlagKind } from "../../api/types";

export const KIND_NAMES: Record<FlagKind, string> = {
  multiple_faces: "More than one person",
  no_face: "Nobody in the picture",
  face_hidden: "Face not visible",
  technical: "No usable picture",
};

/** What was counted: faces, and people without a visible face. */
export function countLabel({ findings }: Flag): string {
  const [faces, hidden] = [findings.faces.length, withoutFace(findings).length];
  const counts = [
    faces > 0 && plural(faces, "face", "faces"),
    hidden > 0 && plural(hidden, "person without a visible face", "people without a visible face"),
  ];
  return counts.filter(Boolean).join(", ") || "no face";
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The people whose face is not visible. */
export function withoutFace({ persons }: Findings): DetectedPerson[] {
  return (persons ?? []).filter(({ without_face }) => without_face);
}

/** The lowest score of what was counted: the one that the flag depends on. */
export function confidenceLabel({ findings }: Flag): string {
  const { faces } = findings;
  const hidden = withoutFace(findings);
  if (hidden.length > 0) {
    return `Person without a visible face scored ${Math.min(...hidden.map(({ score }) => score)).toFixed(2)}`;
  }
  if (faces.length === 0) return "No face";
  return `Weakest face scored ${Math.min(...faces.map(({ score }) => score)).toFixed(2)}`;
}
