import type { FlagKind, Job } from "../../api/types";

/** What the candidate is warned about. The words are those of the flags, but a warning comes earlier. */
export type ConcernKind = FlagKind;

/** What this frame alone shows to be wrong; `shown` is the warning on the page. */
export function concernIn(
  { flags, faces, face_hidden, picture }: Job,
  shown: ConcernKind | null,
): ConcernKind | null {
  if (flags.includes("multiple_faces")) return "multiple_faces";
  // A head bent over the paper is normal, unless the meeting has a rule against it. Only the first frame is flagged.
  if (flags.includes("face_hidden") || (face_hidden && shown === "face_hidden")) return "face_hidden";
  if (faces !== 0 || face_hidden) return null;
  // A worker of the release before this one does not judge the picture.
  const isUnusable = picture ? picture === "unusable" : flags.includes("technical");
  return isUnusable ? "technical" : "no_face";
}

/**
 * What to warn of now. A change needs two frames in a row, as the detector may miss a face, or find one, by chance;
 * only what the server has already seen twice, or is certain of, is shown at once.
 */
export function nextConcern(
  shown: ConcernKind | null,
  previous: ConcernKind | null,
  current: ConcernKind | null,
): ConcernKind | null {
  const isCertain = current === "multiple_faces" || current === "face_hidden";
  if (isCertain || current === previous) return current;
  const isNew = shown === null && previous !== null && current !== null;
  return isNew ? current : shown;
}

/** Whether both have one cause, and therefore are one message: the candidate can't be seen. */
export function isSameCause(one: ConcernKind, other: ConcernKind): boolean {
  return (one === "multiple_faces") === (other === "multiple_faces");
}

interface ConcernText {
  title: string;
  advice: string;
}

export const CONCERN_TEXT: Record<ConcernKind, ConcernText> = {
  multiple_faces: {
    title: "We can see more than one person",
    advice:
      "If someone is with you, ask them to leave the picture. A poster or a screen showing a face can look like a person, too.",
  },
  no_face: {
    title: "We can't see you",
    advice: "Sit so that you are in the picture, with light in front of you rather than behind you.",
  },
  face_hidden: {
    title: "Your face hasn't been visible for a while",
    advice: "In this exam your face must be seen from time to time. Look up, or move the camera.",
  },
  technical: {
    title: "Your camera gives no usable picture",
    advice:
      "Is something in front of it, is the room dark, or is the picture stuck? Uncover the camera, turn a light on, or start the camera again.",
  },
};
