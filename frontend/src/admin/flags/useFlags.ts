import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useId, useMemo, useState } from "react";
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
  // Not in the query's cache: a review or an older page is no answer to a poll.
  const [feed, setFeed] = useState(EMPTY_FEED);
  const id = useId();

  const flagFeed = useMemo(
    () =>
      new FlagFeed(
        (after, limit, etag) =>
          listFlags(meetingId, adminKey, { participantId, kind, review: state }, after, limit, etag),
        setFeed,
      ),
    [meetingId, adminKey, participantId, kind, state],
  );
  useEffect(() => {
    // If it fails, polling reports the error.
    const timer = setInterval(() => flagFeed.renew().catch(() => undefined), RENEW_MS);
    return () => clearInterval(timer);
  }, [flagFeed]);

  const { failureReason, dataUpdatedAt } = useQuery({
    ...POLLED,
    queryKey: ["flags", id],
    queryFn: async () => {
      await flagFeed.refresh();
      return null;
    },
  });
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
    ...feed,
    error: failureReason,
    answeredAt: dataUpdatedAt,
    older,
    review,
  };
}
