import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { readMeeting } from "../api/gateway";
import type { Meeting } from "../api/types";

const RETRY_MS = 4_000;

/** A meeting that is being loaded, with retries while the server is unavailable. */
export interface LoadingMeeting {
  meeting: Meeting | null;
  error: unknown;
}

export function useMeeting(meetingId: string): LoadingMeeting {
  const [loading, setLoading] = useState<LoadingMeeting>({ meeting: null, error: null });

  useEffect(() => {
    const controller = new AbortController();
    let timer = 0;
    async function load() {
      try {
        setLoading({ meeting: await readMeeting(meetingId, controller.signal), error: null });
      } catch (error) {
        if (controller.signal.aborted) return;
        setLoading({ meeting: null, error });
        if (!isMissing(error)) timer = window.setTimeout(load, RETRY_MS);
      }
    }
    void load();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [meetingId]);

  return loading;
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
