import type { RefObject } from "react";
import type { FlagFilter } from "../../api/gateway";
import type { Person } from "../../api/types";
import { Panel } from "../Panel";
import { FlagFilters } from "./FlagFilters";
import { FlagList } from "./FlagList";
import { usePrecision } from "./usePrecision";

interface Props {
  heading: RefObject<HTMLHeadingElement | null>;
  meetingId: string;
  adminKey: string;
  people: readonly Person[];
  erased: readonly Person[];
  filter: FlagFilter;
  onFilter: (filter: FlagFilter) => void;
}

/** The flagged list and its filters. */
export function FlagsPanel({ heading, meetingId, adminKey, people, erased, filter, onFilter }: Props) {
  const precision = usePrecision(meetingId, adminKey);
  return (
    <Panel
      id="flags-title"
      title="Flagged"
      heading={heading}
      aside={<FlagFilters people={people} filter={filter} precision={precision} onFilter={onFilter} />}
    >
      {/* Remount on another filter: a late answer for the old one must not end up in the new list. */}
      <FlagList
        key={`${filter.participantId} ${filter.kind} ${filter.review}`}
        meetingId={meetingId}
        adminKey={adminKey}
        filter={filter}
        erased={erased}
      />
    </Panel>
  );
}
