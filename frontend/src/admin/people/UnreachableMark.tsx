import type { Person, PersonState } from "../../api/types";
import { Icon } from "../../ui/Icon";

const DISCONNECTED = new Set<PersonState>(["left", "offline"]);

/** Whether a page sends pictures but has no WebSocket connection; a proxy may block it. */
export function isUnreachable({ connected, state }: Person): boolean {
  return !connected && !DISCONNECTED.has(state);
}

export function UnreachableMark() {
  return (
    <span className="mark">
      <Icon name="offline" />
      <span>Not reachable live</span>
    </span>
  );
}
