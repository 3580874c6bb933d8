import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { type IncidentFilter, listIncidents, readIncident } from "../../api/incidents";
import type { Inbox, Incident, IncidentPage, Person } from "../../api/types";
import { without } from "../people/people";
import { withReviews } from "./incidents";

const RETRY_MS = 5_000;

/** A page of the list, and how many incidents the meeting had then. */
type Page = IncidentPage & { total: number };

export interface Incidents {
  /** The worst first, in the order in which they were read: nothing moves while somebody reviews. */
  incidents: readonly Incident[];
  loaded: boolean;
  hasMore: boolean;
  /** Incidents of the meeting that began since the list was read. */
  added: number;
  error: unknown;
  loadMore: () => void;
  reload: () => void;
  /** Replace an incident by a newer answer. */
  replace: (incident: Incident) => void;
  /** Read one incident again: links to pictures expire. A new list would move the others. */
  renew: (incidentId: number) => void;
}

/** The incidents that match the filter, with what reviewers have decided since. */
export function useIncidents(
  meetingId: string,
  adminKey: string,
  filter: IncidentFilter,
  inbox: Inbox | undefined,
  erased: readonly Person[],
): Incidents {
  const client = useQueryClient();
  const { review, kind, reviewer, name } = filter;
  const queryKey = useMemo(() => ["incidents", review, kind, reviewer, name], [review, kind, reviewer, name]);
  const total = inbox ? inbox.open + inbox.confirmed + inbox.dismissed : 0;
  const query = useInfiniteQuery({
    queryKey,
    enabled: inbox !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<Page> => ({
      ...(await listIncidents(meetingId, adminKey, filter, pageParam, signal)),
      total,
    }),
    getNextPageParam: ({ next }) => next,
    // Until there is a list; another later would move what is shown.
    refetchInterval: ({ state }) => state.error !== null && state.data === undefined && RETRY_MS,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage, refetch } = query;
  const incidents = useMemo(() => {
    const read = data?.pages.flatMap((page) => page.incidents) ?? [];
    return without(inbox ? withReviews(read, inbox) : read, erased);
  }, [data, inbox, erased]);
  const loadMore = useCallback(() => {
    // After a failure the reviewer tries again: the list would ask without a pause.
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const replace = useCallback(
    (incident: Incident) =>
      client.setQueryData<InfiniteData<Page>>(queryKey, (before) => before && replaced(before, incident)),
    [client, queryKey],
  );
  const renew = useCallback(
    (incidentId: number) =>
      // If it fails, the row goes without its picture.
      void readIncident(meetingId, adminKey, incidentId).then(replace, () => undefined),
    [meetingId, adminKey, replace],
  );
  return {
    incidents,
    loaded: data !== undefined,
    hasMore: hasNextPage,
    added: Math.max(0, total - (data?.pages[0]?.total ?? total)),
    error: query.error,
    loadMore,
    reload: useCallback(() => void refetch(), [refetch]),
    replace,
    renew,
  };
}

function replaced(data: InfiniteData<Page>, incident: Incident): InfiniteData<Page> {
  const pages = data.pages.map((page) => ({
    ...page,
    incidents: page.incidents.map((one) => (one.id === incident.id ? incident : one)),
  }));
  return { ...data, pages };
}
