import { memo } from "react";
import type { Person } from "../api/types";
import { Icon } from "../ui/Icon";
import { duration, timeOfDay } from "../ui/time";
import { useNow } from "../ui/useNow";
import { CoverageStrip } from "./CoverageStrip";
import { StateMark } from "./StateMark";

interface Props {
  person: Person;
  clockOffset: number;
  onShowFlags: (participantId: string) => void;
}

/** One candidate: picture, state, and the last half hour. */
export const PersonCard = memo(function PersonCard({ person, clockOffset, onShowFlags }: Props) {
  const { participant_id, name, state, flags, thumbnail_url, coverage, last_verified_at } = person;
  return (
    <li className={`person person-${state}`}>
      <div className="thumbnail">
        {thumbnail_url ? <img src={thumbnail_url} alt="" decoding="async" /> : <Icon name="person" />}
      </div>
      <div className="person-words">
        <h3>{name}</h3>
        <StateMark state={state} />
        <p className="quiet">
          <LastVerified at={last_verified_at} clockOffset={clockOffset} />
        </p>
        <CoverageStrip coverage={coverage} />
      </div>
      {flags > 0 && (
        <button
          type="button"
          className="flag-count"
          aria-label={`Show the ${flags} flags of ${name}`}
          onClick={() => onShowFlags(participant_id)}
        >
          <Icon name="warning" /> {flags}
        </button>
      )}
    </li>
  );
});

const AN_HOUR = 3_600_000;

function LastVerified({ at, clockOffset }: { at: string | null; clockOffset: number }) {
  const now = useNow() + clockOffset;
  if (!at) return "Never verified";
  const age = now - Date.parse(at);
  return age < AN_HOUR ? `Verified ${duration(age)} ago` : `Verified at ${timeOfDay(at)}`;
}
