import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { erasePeople, erasePerson, listPeople, MAX_ERASURES } from "../../api/gateway";
import type { Person } from "../../api/types";
import { now } from "../../ui/now";
import { POLLED } from "../queries";
import { drop, follow, type Listed, NOBODY } from "./people";

interface Answer extends Listed {
  /** Server time minus `now()`, in milliseconds. */
  clockOffset: number;
}

export interface LivePeople extends Answer {
  /** Why the latest poll failed; null if it did not. */
  error: unknown;
  /** Time of the last answer, in milliseconds since 1970; 0 before the first. */
  answeredAt: number;
  erase: (person: Person) => Promise<void>;
  eraseMany: (people: readonly Person[]) => Promise<void>;
}

const KEY = ["people"];
const NO_ANSWER: Answer = { ...NOBODY, clockOffset: 0 };

/** Everyone in the meeting, polled. */
export function usePeople(meetingId: string, adminKey: string): LivePeople {
  const client = useQueryClient();
  const { data, failureReason, dataUpdatedAt } = useQuery({
    ...POLLED,
    queryKey: KEY,
    queryFn: async ({ signal }): Promise<Answer> => {
      const answer = await listPeople(meetingId, adminKey, signal);
      const clockOffset = Date.parse(answer.freshness.now) - now();
      // Read now, not before the request: people may have been erased here in the meantime.
      return { ...follow(client.getQueryData<Answer>(KEY) ?? NOBODY, answer), clockOffset };
    },
  });
  const dropFromList = useCallback(
    (people: readonly Person[]) =>
      client.setQueryData<Answer>(KEY, (before) => before && { ...before, ...drop(before, people) }, {
        // An erasure is no answer to a poll.
        updatedAt: client.getQueryState(KEY)?.dataUpdatedAt ?? 0,
      }),
    [client],
  );
  const erase = useCallback(
    async (person: Person) => {
      await erasePerson(meetingId, adminKey, person.participant_id);
      dropFromList([person]);
    },
    [meetingId, adminKey, dropFromList],
  );
  const eraseMany = useCallback(
    async (people: readonly Person[]) => {
      for (let first = 0; first < people.length; first += MAX_ERASURES) {
        const some = people.slice(first, first + MAX_ERASURES);
        const ids = some.map(({ participant_id }) => participant_id);
        await erasePeople(meetingId, adminKey, ids);
        dropFromList(some);
      }
    },
    [meetingId, adminKey, dropFromList],
  );
  return { ...(data ?? NO_ANSWER), error: failureReason, answeredAt: dataUpdatedAt, erase, eraseMany };
}
