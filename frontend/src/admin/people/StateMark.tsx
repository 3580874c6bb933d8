import type { PersonState } from "../../api/types";
import { Icon, type IconName } from "../../ui/Icon";

/** In the order in which they need a look. */
export const PERSON_STATES: Record<PersonState, { icon: IconName; word: string }> = {
  flagged: { icon: "warning", word: "Flagged" },
  dark: { icon: "moon", word: "Camera dark" },
  stale: { icon: "clock", word: "Not verified" },
  offline: { icon: "offline", word: "Offline" },
  verified: { icon: "check", word: "Verified" },
  left: { icon: "leave", word: "Left" },
};

/** A state as colour, shape and word. */
export function StateMark({ state }: { state: PersonState }) {
  const { icon, word } = PERSON_STATES[state];
  return (
    <span className={`mark state-${state}`}>
      <Icon name={icon} />
      <span>{word}</span>
    </span>
  );
}
