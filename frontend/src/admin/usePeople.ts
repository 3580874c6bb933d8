import { useCallback, useState } from "react";
import { listPeople } from "../api/gateway";
import type { People } from "../api/types";
import { type Polling, usePolling } from "./usePolling";

export interface LivePeople {
  people: People | null;
  /** What to add to this machine's clock to have the server's, in milliseconds. */
  clockOffset: number;
  polling: Polling;
}

/** Everyone in the meeting, live. */
export function usePeople(meetingId: string, adminKey: string): LivePeople {
  const [people, setPeople] = useState<People | null>(null);
  const [clockOffset, setClockOffset] = useState(0);

  const polling = usePolling(
    useCallback(
      async (signal: AbortSignal) => {
        const answer = await listPeople(meetingId, adminKey, signal);
        setPeople(answer);
        setClockOffset(Date.parse(answer.freshness.now) - Date.now());
      },
      [meetingId, adminKey],
    ),
  );
  return { people, clockOffset, polling };
}
