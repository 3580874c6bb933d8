import type { FlagKind, Job } from "../../api/types";

/** What the candidate is warned about: a kind of flag, or a problem that is not flagged but worth fixing. */
export type ConcernKind = FlagKind | "no_face" | "dark";

/** The detector may miss a face once; warn only after this many frames in a row. */
const FRAMES_WITHOUT_FACE = 2;
/** Brightness, 0 to 1, below which a picture shows almost nothing. */
export const DARK = 0.06;

/** What to warn the candidate about after this frame; null when all is good. */
export function concernOf(job: Job, withoutFaceInARow: number): ConcernKind | null {
  const flag = job.flags[0];
  if (flag) return flag;
  if (withoutFaceInARow < FRAMES_WITHOUT_FACE) return null;
  return (job.findings?.brightness ?? 1) < DARK ? "dark" : "no_face";
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
    title: "We can't see your face",
    advice:
      "Sit so that your whole face is in the picture, with light in front of you rather than behind you.",
  },
  face_hidden: {
    title: "Your face hasn't been visible for a while",
    advice: "In this exam your face must be seen from time to time. Look up, or move the camera.",
  },
  technical: {
    title: "Your camera shows nothing",
    advice:
      "Is something in front of the camera, or is it switched off or stuck? Uncover it, or start it again.",
  },
  dark: {
    title: "Your picture is very dark",
    advice: "Is something in front of the camera? Take it away, or turn a light on.",
  },
};
