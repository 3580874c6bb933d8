import { memo } from "react";
import { pictureLink } from "../api/pictureLink";
import type { Person } from "../api/types";
import { Icon } from "../ui/Icon";
import { ago, timeOfDay } from "../ui/time";
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
        {thumbnail_url ? (
          <img src={pictureLink(thumbnail_url)} alt="" decoding="async" />
        ) : (
          <Icon name="person" />
        )}
      </div>
      <div className="person-words">
        <div className="person-head">
          <h3>{name}</h3>
          <StateMark state={state} />
        </div>
        <div className="person-head">
          <p className="quiet">
            <LastVerified at={last_verified_at} clockOffset={clockOffset} />
          </p>
          {flags > 0 && (
            <button type="button" className="flag-count" onClick={() => onShowFlags(participant_id)}>
              {flagCount(flags)}
              <span className="unseen"> of {name}</span>
            </button>
          )}
        </div>
        <CoverageStrip coverage={coverage} />
      </div>
    </li>
  );
});

const AN_HOUR = 3_600_000;

function LastVerified({ at, clockOffset }: { at: string | null; clockOffset: number }) {
  const now = useNow() + clockOffset;
  if (!at) return "Never verified";
  const age = now - Date.parse(at);
  return age < AN_HOUR ? `Verified ${ago(age)}` : `Verified at ${timeOfDay(at)}`;
}

/** The server counts no further than this. */
const COUNTED_FLAGS = 100;

function flagCount(flags: number): string {
  if (flags >= COUNTED_FLAGS) return `${COUNTED_FLAGS} flags or more`;
  return flags === 1 ? "1 flag" : `${flags} flags`;
}
