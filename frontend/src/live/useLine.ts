import { useEffect, useMemo, useSyncExternalStore } from "react";
import { type LineState, LiveLine } from "./LiveLine";

export interface Line {
  line: LiveLine;
  state: LineState;
}

/** The page's WebSocket for as long as the component is there. */
export function useLine(meetingId: string, credentials: string): Line {
  const line = useMemo(() => new LiveLine(meetingId, credentials), [meetingId, credentials]);
  useEffect(() => {
    line.start();
    return () => line.stop();
  }, [line]);
  const state = useSyncExternalStore(line.onState, () => line.state);
  return { line, state };
}
