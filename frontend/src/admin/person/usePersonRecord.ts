import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { type Attempt, listPictures, readDecisions, readRecord, readTimeline } from "../../api/record";
import type { AttemptRecord, DecisionHistory, Flag, Timeline } from "../../api/types";
import type { LiveConnection } from "../../live/useLiveSocket";

/** A minute is written half a minute after it has ended. */
const POLL_MS = 10_000;
/** Well before links to pictures expire. */
const RENEW_MS = 10 * 60_000;

export interface PersonRecord {
  record: AttemptRecord | undefined;
  timeline: Timeline | undefined;
  decisions: DecisionHistory | undefined;
  /** Flags whose pictures are kept, by time. */
  pictures: readonly Flag[];
  /** Why the newest request failed; null if none did. */
  error: unknown;
  refresh: () => void;
}

/** What is recorded about one candidate's exam, all from Postgres. */
export function usePersonRecord(attempt: Attempt, { socket }: LiveConnection): PersonRecord {
  const { participantId } = attempt;
  const query = useQuery({
    queryKey: ["record", participantId],
    queryFn: async ({ signal }) => {
      const [record, timeline, decisions] = await Promise.all([
        readRecord(attempt, signal),
        readTimeline(attempt, signal),
        readDecisions(attempt, signal),
      ]);
      return { record, timeline, decisions };
    },
    refetchInterval: POLL_MS,
  });
  const { refetch } = query;
  useEffect(
    () =>
      socket.onMessage((message) => {
        if (message.type !== "sent" && message.type !== "receipt") return;
        // Hundreds may acknowledge a message to all at the same time.
        const { participant_id } = message;
        if (participant_id === null || participant_id === participantId) void refetch();
      }),
    [socket, refetch, participantId],
  );

  const incidents = query.data?.record.incidents ?? [];
  const pictures = useQuery({
    // Which pictures of an incident are kept depends on its flags.
    queryKey: ["pictures", participantId, incidents.map(({ id, flags }) => `${id} ${flags}`).join()],
    queryFn: ({ signal }) => listPictures(attempt, signal),
    enabled: incidents.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: RENEW_MS,
  });
  return {
    record: query.data?.record,
    timeline: query.data?.timeline,
    decisions: query.data?.decisions,
    pictures: pictures.data ?? [],
    error: query.error ?? pictures.error,
    refresh: () => void refetch(),
  };
}
