import type { Findings, Job } from "../../api/types";
import { DARK } from "../exam/concerns";

/** One point of the camera check. */
export interface Advice {
  ok: boolean;
  text: string;
}

const TOO_DARK = 0.2;
const TOO_BRIGHT = 0.92;
// Height of the face as a share of the picture's.
const TOO_FAR = 0.16;
const TOO_NEAR = 0.8;

/** Advice on face, light and distance, from one judged frame. */
export function adviceOn({ faces, findings }: Job): Advice[] {
  const advice = [adviceOnFaces(faces ?? 0)];
  if (!findings) return advice;
  advice.push(adviceOnLight(findings.brightness));
  if (faces === 1) advice.push(adviceOnDistance(findings));
  return advice;
}

function adviceOnFaces(faces: number): Advice {
  if (faces === 1) return { ok: true, text: "One face, that's you" };
  if (faces === 0)
    return { ok: false, text: "No face yet: look at the camera, with your whole face in the picture" };
  return {
    ok: false,
    text: `${faces} faces: ask others to leave the picture, and turn away from posters or screens that show one`,
  };
}

function adviceOnLight(brightness: number): Advice {
  if (brightness < DARK) return { ok: false, text: "Nearly black: is something in front of the camera?" };
  if (brightness < TOO_DARK) return { ok: false, text: "Too dark: turn on a light in front of you" };
  if (brightness > TOO_BRIGHT) return { ok: false, text: "Too bright: turn away from the window or lamp" };
  return { ok: true, text: "Light is good" };
}

function adviceOnDistance({ faces, height }: Findings): Advice {
  const share = (faces[0]?.box.height ?? 0) / height;
  if (share < TOO_FAR) return { ok: false, text: "You are far away: come closer to the camera" };
  if (share > TOO_NEAR) return { ok: false, text: "You are very close: move back a little" };
  return { ok: true, text: "Distance is good" };
}
