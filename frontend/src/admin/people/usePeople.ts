import { useCallback, useState } from "react";
import { erasePeople, erasePerson, listPeople, MAX_ERASURES } from "../../api/gateway";
import type { Person } from "../../api/types";
import { now } from "../../ui/now";
import { type Polling, usePolling } from "../usePolling";
import { drop, follow, type Listed, NOBODY } from "./people";

export interface LivePeople extends Listed {
  /** Server time minus `now()`, in milliseconds. */
  clockOffset: number;
  polling: Polling;
  erase: (person: Person) => Promise<void>;
  eraseMany: (people: readonly Person[]) => Promise<void>;
}

/** Everyone in the meeting, polled. */
export function usePeople(meetingId: string, adminKey: string): LivePeople {
  const [listed, setListed] = useState(NOBODY);
  const [clockOffset, setClockOffset] = useState(0);

  const polling = usePolling(
    useCallback(
      async (signal: AbortSignal) => {
        const answer = await listPeople(meetingId, adminKey, signal);
        setListed((before) => follow(before, answer));
        setClockOffset(Date.parse(answer.freshness.now) - now());
      },
      [meetingId, adminKey],
    ),
  );
  const erase = useCallback(
    async (person: Person) => {
      await erasePerson(meetingId, adminKey, person.participant_id);
      setListed((before) => drop(before, [person]));
    },
    [meetingId, adminKey],
  );
  const eraseMany = useCallback(
    async (people: readonly Person[]) => {
      for (let first = 0; first < people.length; first += MAX_ERASURES) {
        const some = people.slice(first, first + MAX_ERASURES);
        await erasePeople(
          meetingId,
          adminKey,
          some.map(({ participant_id }) => participant_id),
        );
        setListed((before) => drop(before, some));
      }
    },
    [meetingId, adminKey],
  );
  return { ...listed, clockOffset, polling, erase, eraseMany };
}
