import type { Person } from "../../api/types";

/** The candidates before and after one, by name: the server's order changes with their states. */
export function neighboursOf(
  people: readonly Person[],
  participantId: string,
): { previous: Person | undefined; next: Person | undefined } {
  const sorted = [...people].sort(
    (one, other) =>
      one.name.localeCompare(other.name) || one.participant_id.localeCompare(other.participant_id),
  );
  const place = sorted.findIndex(({ participant_id }) => participant_id === participantId);
  if (place < 0) return { previous: undefined, next: undefined };
  return { previous: sorted[place - 1], next: sorted[place + 1] };
}
