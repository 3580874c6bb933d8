import type { PersonState } from "../../api/types";
import type { IconName } from "../../ui/Icon";
import { Mark, type MarkTone } from "../Mark";

/** Those that need attention first. */
export const PERSON_STATES: Record<PersonState, { tone: MarkTone; icon: IconName; label: string }> = {
  flagged: { tone: "danger", icon: "warning", label: "Flagged" },
  dark: { tone: "warning", icon: "cameraOff", label: "No usable picture" },
  stale: { tone: "warning", icon: "clock", label: "Not seen" },
  offline: { tone: "neutral", icon: "offline", label: "Offline" },
  face_hidden: { tone: "neutral", icon: "person", label: "Face not visible" },
  // Nobody checks whose face it is.
  verified: { tone: "good", icon: "check", label: "In view" },
  left: { tone: "neutral", icon: "leave", label: "Left" },
};

interface Props {
  state: PersonState;
  /** Left for good. */
  finished?: boolean;
  small?: boolean;
}

export function StateMark({ state, finished = false, small = false }: Props) {
  const mark = PERSON_STATES[state];
  return <Mark {...mark} label={finished ? "Finished" : mark.label} small={small} />;
}
