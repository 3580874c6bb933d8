import type { Findings, Job, PictureQuality } from "../../api/types";

/** One point of the camera check. */
export interface Advice {
  ok: boolean;
  text: string;
}

// Height of the face as a share of the picture's.
const TOO_FAR = 0.16;
const TOO_NEAR = 0.8;

/** Advice on face, light and distance, from one judged frame. */
export function adviceOn({ faces, findings, picture }: Job): Advice[] {
  // One cause, one line: without a picture there is no face either.
  if (picture === "unusable") return [LIGHT.unusable];
  const advice = [adviceOnFaces(faces ?? 0)];
  if (picture) advice.push(LIGHT[picture]);
  if (findings && faces === 1) advice.push(adviceOnDistance(findings));
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

const LIGHT: Record<PictureQuality, Advice> = {
  good: { ok: true, text: "Light is good" },
  dim: { ok: false, text: "Dim: turn on a light in front of you" },
  bright: { ok: false, text: "Too bright: turn away from the window or lamp" },
  unusable: { ok: false, text: "No usable picture: uncover the camera, or turn on a light" },
};

function adviceOnDistance({ faces, height }: Findings): Advice {
  const share = (faces[0]?.box.height ?? 0) / height;
  if (share < TOO_FAR) return { ok: false, text: "You are far away: come closer to the camera" };
  if (share > TOO_NEAR) return { ok: false, text: "You are very close: move back a little" };
  return { ok: true, text: "Distance is good" };
}
