import { useCallback, useEffect, useMemo, useState } from "react";
import { ApiError } from "../../api/client";
import { type FlagFilter, listFlags, readFlag, reviewFlag } from "../../api/gateway";
import type { Flag, Review } from "../../api/types";
import { type Polling, usePolling } from "../usePolling";
import { EMPTY_FEED, type Feed, FlagFeed } from "./FlagFeed";

// Well before links to pictures expire.
const RENEW_MS = 10 * 60_000;

export interface Flags extends Feed {
  polling: Polling;
  /** Load the next older page. Resolves to the extended list. */
  older: () => Promise<Feed>;
  review: (flag: Flag, decision: Review) => Promise<void>;
}

/** The flagged list of a meeting, polled. */
export function useFlags(meetingId: string, adminKey: string, filter: FlagFilter): Flags {
  const { participantId, kind, review: state } = filter;
  const [feed, setFeed] = useState<Feed>(EMPTY_FEED);

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

  const polling = usePolling(useCallback(() => flagFeed.refresh(), [flagFeed]));
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
  return { ...feed, polling, older, review };
}
