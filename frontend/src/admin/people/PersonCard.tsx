import { memo } from "react";
import type { Person } from "../../api/types";
import { ago, duration, timeOfDay } from "../../ui/time";
import { useNow } from "../../ui/useNow";
import { CoverageStrip } from "./CoverageStrip";
import styles from "./PersonCard.module.css";
import { StateMark } from "./StateMark";
import { Thumbnail } from "./Thumbnail";
import { isUnreachable, UnreachableMark } from "./UnreachableMark";

interface Props {
  person: Person;
  clockOffset: number;
  onShowFlags: (participantId: string) => void;
  onOpen: (participantId: string) => void;
}

/** One candidate: picture, state, and the last half hour. */
export const PersonCard = memo(function PersonCard({ person, clockOffset, onShowFlags, onOpen }: Props) {
  const { participant_id, name, state, flags, thumbnail_url, coverage, last_verified_at, hidden_since } =
    person;
  const light = describeLight(person);
  return (
    <li className={styles.person} data-state={state}>
      <Thumbnail link={thumbnail_url} />
      <div className={styles.text}>
        <div className={styles.head}>
          <h3>{name}</h3>
          <StateMark state={state} />
        </div>
        <div className={styles.head}>
          {state === "face_hidden" && hidden_since ? (
            <HiddenFor since={hidden_since} clockOffset={clockOffset} />
          ) : (
            <LastVerified at={last_verified_at} clockOffset={clockOffset} />
          )}
          {light && <p className="quiet">{light}</p>}
          {isUnreachable(person) && <UnreachableMark />}
          {flags > 0 && (
            <button type="button" className={styles.small} onClick={() => onShowFlags(participant_id)}>
              <span>{flagCount(flags)}</span>
              <span className="unseen">{` of ${name}`}</span>
            </button>
          )}
        </div>
        <div className={styles.head}>
          <CoverageStrip coverage={coverage} />
          <button type="button" className={styles.small} onClick={() => onOpen(participant_id)}>
            Open<span className="unseen">{` ${name}`}</span>
          </button>
        </div>
      </div>
    </li>
  );
});

const HOUR_MS = 3_600_000;

function LastVerified({ at, clockOffset }: { at: string | null; clockOffset: number }) {
  const now = useNow() + clockOffset;
  return <p className="quiet">{at ? lastVerified(at, now) : "Never verified"}</p>;
}

function lastVerified(at: string, now: number): string {
  const age = now - Date.parse(at);
  return age < HOUR_MS ? `Verified ${ago(age)}` : `Verified at ${timeOfDay(at)}`;
}

function HiddenFor({ since, clockOffset }: { since: string; clockOffset: number }) {
  const length = useNow() + clockOffset - Date.parse(since);
  return <p className="quiet">{`For ${duration(length)}`}</p>;
}

/** What the candidate's page says of the light, too; null if it is good, or the newest frame is old. */
function describeLight({ state, picture }: Person): string | null {
  if (state === "offline" || state === "left") return null;
  if (picture === "dim") return "Dim picture";
  return picture === "bright" ? "Overexposed picture" : null;
}

/** The server stops counting here. */
const MAX_COUNTED_FLAGS = 100;

function flagCount(flags: number): string {
  if (flags >= MAX_COUNTED_FLAGS) return `${MAX_COUNTED_FLAGS} flags or more`;
  return flags === 1 ? "1 flag" : `${flags} flags`;
}
