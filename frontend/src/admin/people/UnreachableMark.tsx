import type { Person, PersonState } from "../../api/types";
import { Mark } from "../Mark";

const DISCONNECTED = new Set<PersonState>(["left", "offline"]);

/** Whether a page sends pictures but has no WebSocket connection; a proxy may block it. */
export function isUnreachable({ connected, state }: Person): boolean {
  return !connected && !DISCONNECTED.has(state);
}

export function UnreachableMark() {
  return <Mark tone="neutral" icon="offline" label="Not reachable live" />;
}
