import { useQuery } from "@tanstack/react-query";
import { listNotes } from "../../api/notes";
import type { NoteRecord } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";
import { POLLED } from "../queries";

const POLL_MS = 10_000;

export interface Notes {
  /** Newest first; undefined before the first answer. */
  notes: readonly NoteRecord[] | undefined;
  problem: string;
  refresh: () => void;
}

/** The notes of the meeting's invigilators, polled. */
export function useNotes(meetingId: string, adminKey: string): Notes {
  const { data, failureReason, refetch } = useQuery({
    ...POLLED,
    refetchInterval: POLL_MS,
    queryKey: ["notes"],
    queryFn: ({ signal }) => listNotes(meetingId, adminKey, signal),
  });
  return {
    notes: data?.notes,
    problem: failureReason ? errorMessage(failureReason) : "",
    refresh: () => void refetch(),
  };
}
