import type { FlagFilter } from "../../api/gateway";
import type { KindPrecision, Person } from "../../api/types";
import { nameWithNumber } from "../people/PersonNumber";
import styles from "./FlagFilters.module.css";
import { KIND_NAMES } from "./labels";
import { precisionLabel } from "./precision";

interface Props {
  people: readonly Person[];
  filter: FlagFilter;
  precision: readonly KindPrecision[];
  onFilter: (filter: FlagFilter) => void;
}

export function FlagFilters({ people, filter, precision, onFilter }: Props) {
  const sorted = [...people].sort((a, b) => a.name.localeCompare(b.name));
  const flagged = sorted.filter(({ flags }) => flags > 0);
  const others = sorted.filter(({ flags }) => flags === 0);
  const confirmed = precisionLabel(precision, filter.kind);
  return (
    <div className={styles.filters}>
      <select
        aria-label="Candidate"
        value={filter.participantId}
        onChange={(event) => onFilter({ ...filter, participantId: event.target.value })}
      >
        <option value="">All candidates</option>
        <Options label="With flags" people={flagged} />
        <Options label="All flags dismissed, or none" people={others} />
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
      <select
        aria-label="Decision"
        value={filter.review}
        onChange={(event) => onFilter({ ...filter, review: event.target.value as FlagFilter["review"] })}
      >
        <option value="">Any decision</option>
        <option value="undismissed">Not dismissed</option>
        <option value="open">To review</option>
      </select>
      {confirmed && <p className={styles.precision}>{confirmed}</p>}
    </div>
  );
}

function Options({ label, people }: { label: string; people: readonly Person[] }) {
  if (people.length === 0) return null;
  return (
    <optgroup label={label}>
      {people.map((person) => (
        <option key={person.participant_id} value={person.participant_id}>
          {nameWithNumber(person)}
        </option>
      ))}
    </optgroup>
  );
}
