import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { readMeeting } from "../api/gateway";
import type { Meeting } from "../api/types";

const RETRY_MS = 4_000;

/** A meeting on its way here: asked for again and again while the server is away. */
export interface ComingMeeting {
  meeting: Meeting | null;
  error: unknown;
}

export function useMeeting(meetingId: string): ComingMeeting {
  const [coming, setComing] = useState<ComingMeeting>({ meeting: null, error: null });

  useEffect(() => {
    const leaving = new AbortController();
    let timer = 0;
    async function load() {
      try {
        setComing({ meeting: await readMeeting(meetingId, leaving.signal), error: null });
      } catch (error) {
        if (leaving.signal.aborted) return;
        setComing({ meeting: null, error });
        if (!isMissing(error)) timer = window.setTimeout(load, RETRY_MS);
      }
    }
    void load();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [meetingId]);

  return coming;
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
