import type { PersonState } from "../../api/types";
import { Icon, type IconName } from "../../ui/Icon";

/** Those that need attention first. */
export const PERSON_STATES: Record<PersonState, { icon: IconName; label: string }> = {
  flagged: { icon: "warning", label: "Flagged" },
  dark: { icon: "moon", label: "Camera dark" },
  stale: { icon: "clock", label: "Not verified" },
  offline: { icon: "offline", label: "Offline" },
  verified: { icon: "check", label: "Verified" },
  left: { icon: "leave", label: "Left" },
};

/** A state as colour, icon and text. */
export function StateMark({ state }: { state: PersonState }) {
  const { icon, label } = PERSON_STATES[state];
  return (
    <span className={`mark state-${state}`}>
      <Icon name={icon} />
      <span>{label}</span>
    </span>
  );
}
