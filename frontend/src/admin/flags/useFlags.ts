import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { ApiError } from "../../api/client";
import { type FlagFilter, listFlags, readFlag, reviewFlag } from "../../api/gateway";
import type { Flag, Review } from "../../api/types";
import { POLLED } from "../queries";
import { EMPTY_FEED, type Feed, FlagFeed } from "./FlagFeed";

// Well before links to pictures expire.
const RENEW_MS = 10 * 60_000;

export interface Flags extends Feed {
  /** Why the latest poll failed; null if it did not. */
  error: unknown;
  /** Time of the last answer, in milliseconds since 1970; 0 before the first. */
  answeredAt: number;
  /** Load the next older page. Resolves to the extended list. */
  older: () => Promise<Feed>;
  review: (flag: Flag, decision: Review) => Promise<void>;
}

/** The flagged list of a meeting, polled. */
export function useFlags(meetingId: string, adminKey: string, filter: FlagFilter): Flags {
  const { participantId, kind, review: state } = filter;
  const client = useQueryClient();
  const queryKey = useMemo(() => ["flags", participantId, kind, state], [participantId, kind, state]);

  const flagFeed = useMemo(
    () =>
      new FlagFeed(
        (after, limit, etag) =>
          listFlags(meetingId, adminKey, { participantId, kind, review: state }, after, limit, etag),
        (feed) => client.setQueryData(queryKey, feed),
      ),
    [meetingId, adminKey, participantId, kind, state, client, queryKey],
  );
  useEffect(() => {
    // If it fails, polling reports the error.
    const timer = setInterval(() => flagFeed.renew().catch(() => undefined), RENEW_MS);
    return () => clearInterval(timer);
  }, [flagFeed]);

  const query = useQuery({ ...POLLED, queryKey, queryFn: () => flagFeed.refresh() });
  const older = useCallback(() => flagFeed.older(), [flagFeed]);
  const review = useCallback(
    async (flag: Flag, decision: Review) => {
      try {
        flagFeed.replace(await reviewFlag(meetingId, adminKey, flag, decision));
      } catch (error) {
        // Show the other invigilator's decision, so that the next one is about it.
        if (error instanceof ApiError && error.isReviewConflict) {
          flagFeed.replace(await readFlag(meetingId, adminKey, flag.id));
        }
        throw error;
      }
    },
    [flagFeed, meetingId, adminKey],
  );
  return {
    ...(query.data ?? EMPTY_FEED),
    error: query.failureReason,
    answeredAt: query.dataUpdatedAt,
    older,
    review,
  };
}
