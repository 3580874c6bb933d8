import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Tagged } from "../api/gateway";
import { readInbox } from "../api/incidents";
import type { Inbox } from "../api/types";
import { POLLED } from "./queries";

const INBOX_KEY = ["inbox"];

/** With the time of a request, other reviewers' decisions show within three seconds. */
const POLL_MS = 2_000;

/** The state of the meeting's inbox, polled; undefined before the first answer. */
export function useInbox(meetingId: string, adminKey: string): Inbox | undefined {
  const client = useQueryClient();
  const { data } = useQuery({
    ...POLLED,
    refetchInterval: POLL_MS,
    retryDelay: POLL_MS,
    queryKey: INBOX_KEY,
    queryFn: ({ signal }) =>
      readInbox(meetingId, adminKey, client.getQueryData<Tagged<Inbox>>(INBOX_KEY), signal),
  });
  return data?.body;
}
