import { useQuery } from "@tanstack/react-query";
import { readIncident } from "../../api/incidents";
import type { IncidentDetails } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";

/** An incident may go on, and its pictures are not all stored at once. */
const REFRESH_MS = 10_000;

interface OpenIncident {
  details: IncidentDetails | undefined;
  /** Empty while there is none. */
  problem: string;
}

/** The selected incident with its pictures. */
export function useIncident(meetingId: string, adminKey: string, incidentId: number | null): OpenIncident {
  const { data, error } = useQuery({
    queryKey: ["incident", incidentId],
    enabled: incidentId !== null,
    refetchInterval: REFRESH_MS,
    queryFn: ({ signal }) => readIncident(meetingId, adminKey, incidentId ?? 0, signal),
  });
  return { details: data, problem: error ? errorMessage(error) : "" };
}
