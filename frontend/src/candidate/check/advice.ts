import type { Findings, Job } from "../../api/types";
import { DARK } from "../exam/concerns";

/** One thing to look at before the exam. */
export interface Advice {
  ok: boolean;
  words: string;
}

const DIM = 0.2;
const GLARING = 0.92;
const FAR = 0.16;
const NEAR = 0.8;

/** What a judged frame says about the place the candidate sits in. */
export function adviceOn({ faces, findings }: Job): Advice[] {
  const advice = [adviceOnFaces(faces ?? 0)];
  if (!findings) return advice;
  advice.push(adviceOnLight(findings.brightness));
  if (faces === 1) advice.push(adviceOnDistance(findings));
  return advice;
}

function adviceOnFaces(faces: number): Advice {
  if (faces === 1) return { ok: true, words: "One face, that's you" };
  if (faces === 0)
    return { ok: false, words: "No face yet: look at the camera, with your whole face in the picture" };
  return {
    ok: false,
    words: `${faces} faces: ask others to leave the picture, and turn away from posters or screens that show one`,
  };
}

function adviceOnLight(brightness: number): Advice {
  if (brightness < DARK) return { ok: false, words: "Nearly black: is something in front of the camera?" };
  if (brightness < DIM) return { ok: false, words: "Too dark: turn on a light in front of you" };
  if (brightness > GLARING) return { ok: false, words: "Too bright: turn away from the window or lamp" };
  return { ok: true, words: "Light is good" };
}

function adviceOnDistance({ faces, height }: Findings): Advice {
  const share = (faces[0]?.box.height ?? 0) / height;
  if (share < FAR) return { ok: false, words: "You are far away: come closer to the camera" };
  if (share > NEAR) return { ok: false, words: "You are very close: move back a little" };
  return { ok: true, words: "Distance is good" };
}
