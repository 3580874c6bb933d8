import { useEffect, useState } from "react";
import type { IncidentFilter } from "../../api/incidents";
import { KIND_NAMES } from "../flags/labels";
import { REVIEW_LABELS } from "../flags/ReviewMark";
import styles from "./ReviewFilters.module.css";

interface Props {
  filter: IncidentFilter;
  reviewers: readonly string[];
  onFilter: (change: Partial<IncidentFilter>) => void;
}

const SEARCH_MS = 300;

/** Which incidents are listed. */
export function ReviewFilters({ filter, reviewers, onFilter }: Props) {
  const [name, setName] = useState(filter.name);
  // Not for each letter: a request would follow each.
  useEffect(() => {
    if (name.trim() === filter.name) return;
    const timer = setTimeout(() => onFilter({ name: name.trim() }), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [name, filter.name, onFilter]);

  return (
    <search className={styles.filters}>
      <input
        type="search"
        aria-label="Candidate's name"
        placeholder="Search a name"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <select
        aria-label="State"
        value={filter.review}
        onChange={({ target }) => onFilter({ review: target.value as IncidentFilter["review"] })}
      >
        <Options names={REVIEW_LABELS} />
        <option value="">Any state</option>
      </select>
      <select
        aria-label="Kind"
        value={filter.kind}
        onChange={({ target }) => onFilter({ kind: target.value as IncidentFilter["kind"] })}
      >
        <option value="">All kinds</option>
        <Options names={KIND_NAMES} />
      </select>
      <select
        aria-label="Reviewer"
        value={filter.reviewer}
        onChange={({ target }) => onFilter({ reviewer: target.value })}
      >
        <option value="">All reviewers</option>
        {/* One from the URL may have reviewed nothing here. */}
        {[...new Set([...reviewers, ...(filter.reviewer ? [filter.reviewer] : [])])].map((reviewer) => (
          <option key={reviewer} value={reviewer}>
            {reviewer}
          </option>
        ))}
      </select>
    </search>
  );
}

function Options({ names }: { names: Record<string, string> }) {
  return Object.entries(names).map(([value, name]) => (
    <option key={value} value={value}>
      {name}
    </option>
  ));
}
