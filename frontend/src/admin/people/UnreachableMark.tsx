import type { Person, PersonState } from "../../api/types";
import { Icon } from "../../ui/Icon";

const AWAY = new Set<PersonState>(["left", "offline"]);

/** Whether a page sends pictures and yet has no WebSocket: a proxy may let none through. */
export function isUnreachable({ connected, state }: Person): boolean {
  return !connected && !AWAY.has(state);
}

export function UnreachableMark() {
  return (
    <span className="mark">
      <Icon name="offline" />
      <span>Not reachable live</span>
    </span>
  );
}
