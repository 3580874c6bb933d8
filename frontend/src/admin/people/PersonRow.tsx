import { memo } from "react";
import type { Person } from "../../api/types";
import { ago, duration, timeOfDay } from "../../ui/time";
import { useNow } from "../../ui/useNow";
import { Mark } from "../Mark";
import { CoverageStrip } from "./CoverageStrip";
import { LookingMark } from "./LookingMark";
import styles from "./PersonRow.module.css";
import { StateMark } from "./StateMark";
import { Thumbnail } from "./Thumbnail";
import { TileFrame } from "./TileFrame";
import { countOf, type TileProps } from "./tile";
import { isUnreachable, UnreachableMark } from "./UnreachableMark";

/** One candidate in the list, with what a tile has no room for. */
export const PersonRow = memo(function PersonRow(props: TileProps) {
  return (
    <TileFrame {...props} className={styles.row}>
      {(person) => (
        <>
          <div className={styles.picture}>
            <Thumbnail link={props.isVisible ? person.thumbnail_url : null} />
          </div>
          <span className={styles.name}>
            <strong>{person.name}</strong>
            <span className="quiet">{`#${person.number}, joined at ${timeOfDay(person.joined_at)}`}</span>
          </span>
          <span className={styles.marks}>
            <StateMark person={person} />
            {person.open_incidents > 0 && (
              <Mark tone="warning" icon="flag" label={`${countOf(person.open_incidents)} open`} />
            )}
            {props.isNew && <Mark tone="neutral" icon="info" label="Not looked at yet" />}
            <LookingMark looking={props.looking} />
            {isUnreachable(person) && <UnreachableMark />}
          </span>
          <LastInView person={person} clockOffset={props.clockOffset} />
          <CoverageStrip coverage={person.coverage} />
        </>
      )}
    </TileFrame>
  );
});

const HOUR_MS = 3_600_000;

function LastInView({ person, clockOffset }: { person: Person; clockOffset: number }) {
  const now = useNow() + clockOffset;
  const light = describeLight(person);
  return (
    <span className={`quiet ${styles.last}`}>
      <span>{lastInView(person, now)}</span>
      {light && <span>{light}</span>}
    </span>
  );
}

function lastInView({ state, hidden_since, last_verified_at }: Person, now: number): string {
  if (state === "face_hidden" && hidden_since) return `For ${duration(now - Date.parse(hidden_since))}`;
  if (!last_verified_at) return "Never in view";
  const age = now - Date.parse(last_verified_at);
  return age < HOUR_MS ? `In view ${ago(age)}` : `In view at ${timeOfDay(last_verified_at)}`;
}

/** What the candidate's page says of the light, too; null if it is good, or the newest frame is old. */
function describeLight({ state, picture }: Person): string | null {
  if (state === "offline" || state === "left") return null;
  if (picture === "dim") return "Dim picture";
  return picture === "bright" ? "Overexposed picture" : null;
}
