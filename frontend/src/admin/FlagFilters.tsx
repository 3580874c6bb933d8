import type { FlagFilter } from "../api/gateway";
import type { Person } from "../api/types";
import { KIND_NAMES } from "./kinds";

interface Props {
  people: readonly Person[];
  filter: FlagFilter;
  onFilter: (filter: FlagFilter) => void;
}

export function FlagFilters({ people, filter, onFilter }: Props) {
  const flagged = people
    .filter((person) => person.flags > 0 || person.participant_id === filter.participantId)
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <div className="filters">
      <select
        aria-label="Candidate"
        value={filter.participantId}
        onChange={(event) => onFilter({ ...filter, participantId: event.target.value })}
      >
        <option value="">All candidates</option>
        {flagged.map((person) => (
          <option key={person.participant_id} value={person.participant_id}>
            {`${person.name} (${person.flags})`}
          </option>
        ))}
      </select>
      <select
        aria-label="Kind"
        value={filter.kind}
        onChange={(event) => onFilter({ ...filter, kind: event.target.value as FlagFilter["kind"] })}
      >
        <option value="">All kinds</option>
        {Object.entries(KIND_NAMES).map(([kind, name]) => (
          <option key={kind} value={kind}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
