import type { Person, PersonState } from "../../api/types";
import type { IconName } from "../../ui/Icon";
import { Mark, type MarkTone } from "../Mark";
import { isOnBreak } from "./attention";

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

const ON_BREAK = { tone: "neutral", icon: "clock", label: "On break" } as const;

export function StateMark({ person, small = false }: { person: Person; small?: boolean }) {
  const { state, finished_at } = person;
  if (isOnBreak(person)) return <Mark {...ON_BREAK} small={small} />;
  const mark = PERSON_STATES[state];
  // Left for good.
  return <Mark {...mark} label={finished_at ? "Finished" : mark.label} small={small} />;
}
