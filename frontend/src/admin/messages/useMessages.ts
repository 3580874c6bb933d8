import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { listMessages, listUnacknowledged } from "../../api/gateway";
import type { MessageRecord, UnacknowledgedRecipients } from "../../api/types";
import type { LiveConnection } from "../../live/useLiveSocket";
import { errorMessage } from "../../ui/errorMessage";

// Hundreds may acknowledge a message to all at the same time.
const REFRESH_DELAY_MS = 500;

export interface Messages {
  /** Newest first; undefined before the first answer. */
  messages: readonly MessageRecord[] | undefined;
  problem: string;
  refresh: () => void;
  /** Who has not acknowledged one of them. */
  unacknowledgedBy: (messageId: string, signal: AbortSignal) => Promise<UnacknowledgedRecipients>;
}

/** Messages of the meeting, or to one candidate; reloaded when the gateway says that they have changed. */
export function useMessages(
  meetingId: string,
  adminKey: string,
  { socket, state }: LiveConnection,
  participantId: string | null,
): Messages {
  const timer = useRef(0);
  const { data, error, refetch } = useQuery({
    queryKey: ["messages", participantId],
    queryFn: () => listMessages(meetingId, adminKey, participantId),
  });

  const refresh = useCallback(() => {
    if (timer.current) return;
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      void refetch();
    }, REFRESH_DELAY_MS);
  }, [refetch]);

  useEffect(() => {
    const unsubscribe = socket.onMessage(({ type }) => {
      if (type === "sent" || type === "receipt") refresh();
    });
    return () => {
      unsubscribe();
      clearTimeout(timer.current);
      timer.current = 0;
    };
  }, [socket, refresh]);

  // Notices are not repeated: after a reconnect, read what was missed.
  useEffect(() => {
    if (state !== "connecting") void refetch();
  }, [refetch, state]);

  const unacknowledgedBy = useCallback(
    (messageId: string, signal: AbortSignal) => listUnacknowledged(meetingId, adminKey, messageId, signal),
    [meetingId, adminKey],
  );

  return { messages: data?.messages, problem: error ? errorMessage(error) : "", refresh, unacknowledgedBy };
}
