import type { FlagKind } from "../api/types";

/** The kinds of flag in words. */
export const KIND_NAMES: Record<FlagKind, string> = {
  multiple_faces: "More than one person",
  no_face: "Nobody in the picture",
  technical: "Camera shows nothing",
};
