import { useCallback, useEffect, useMemo, useState } from "react";
import { type FlagFilter, listFlags, reviewFlag } from "../api/gateway";
import type { Flag, Review } from "../api/types";
import { EMPTY_FEED, type Feed, FlagFeed } from "./FlagFeed";
import { type Polling, usePolling } from "./usePolling";

// Well before the links to the pictures expire.
const RENEW_MS = 10 * 60_000;

export interface Flags extends Feed {
  polling: Polling;
  older: () => Promise<void>;
  review: (flag: Flag, decision: Review) => Promise<void>;
}

/** The flagged list of a meeting, live. */
export function useFlags(meetingId: string, adminKey: string, filter: FlagFilter): Flags {
  const { participantId, kind } = filter;
  const [feed, setFeed] = useState<Feed>(EMPTY_FEED);

  const flagFeed = useMemo(
    () =>
      new FlagFeed(
        (after, limit, ifNoneMatch) =>
          listFlags(meetingId, { participantId, kind }, after, limit, { bearer: adminKey, ifNoneMatch }),
        setFeed,
      ),
    [meetingId, adminKey, participantId, kind],
  );
  useEffect(() => {
    // When it fails, the polling beside it says why.
    const timer = setInterval(() => flagFeed.renew().catch(() => undefined), RENEW_MS);
    return () => clearInterval(timer);
  }, [flagFeed]);

  const polling = usePolling(useCallback(() => flagFeed.refresh(), [flagFeed]));
  const older = useCallback(() => flagFeed.older(), [flagFeed]);
  const review = useCallback(
    async (flag: Flag, decision: Review) =>
      flagFeed.replace(await reviewFlag(meetingId, adminKey, flag.id, decision)),
    [flagFeed, meetingId, adminKey],
  );
  return { ...feed, polling, older, review };
}
