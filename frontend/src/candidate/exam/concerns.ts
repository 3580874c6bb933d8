import type { FlagKind, Job } from "../../api/types";

/** What the candidate is told about: a kind of flag, or something that is no offence but worth putting right. */
export type ConcernKind = FlagKind | "no_face" | "dark";

/** A face may be missed in a single picture; only this many in a row are worth a word. */
const MISSES_BEFORE_A_WORD = 2;
/** Brightness from 0 to 1 below which a picture shows next to nothing. */
export const DARK = 0.06;

/** What to tell the candidate about this frame; null when all is good. */
export function concernOf(job: Job, withoutFaceInARow: number): ConcernKind | null {
  const flag = job.flags[0];
  if (flag) return flag;
  if (withoutFaceInARow < MISSES_BEFORE_A_WORD) return null;
  return (job.findings?.brightness ?? 1) < DARK ? "dark" : "no_face";
}

interface Wording {
  title: string;
  advice: string;
}

/** How to tell the candidate. */
export const WORDING: Record<ConcernKind, Wording> = {
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
