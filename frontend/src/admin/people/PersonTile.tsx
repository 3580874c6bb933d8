import { memo } from "react";
import { Mark } from "../Mark";
import { CoverageStrip } from "./CoverageStrip";
import { LookingMark } from "./LookingMark";
import styles from "./PersonTile.module.css";
import { StateMark } from "./StateMark";
import { Thumbnail } from "./Thumbnail";
import { TileFrame } from "./TileFrame";
import { countOf, type TileProps } from "./tile";

/** One candidate on the wall. Memoized: there are hundreds. */
export const PersonTile = memo(function PersonTile(props: TileProps) {
  return (
    <TileFrame {...props} className={styles.tile}>
      {(person) => (
        <>
          <strong className={styles.name}>{person.name}</strong>
          <div className={styles.picture}>
            <Thumbnail link={props.isVisible ? person.thumbnail_url : null} />
            <span className={styles.marks}>
              <span className={styles.number} data-new={props.isNew}>
                {`#${person.number}`}
              </span>
              {props.isNew && <span className="unseen">Not looked at yet</span>}
              {person.open_incidents > 0 && (
                <Mark
                  small
                  tone="warning"
                  icon="flag"
                  label={countOf(person.open_incidents)}
                  unit="open incidents"
                />
              )}
            </span>
            <span className={styles.state}>
              <LookingMark looking={props.looking} small />
              <StateMark person={person} small />
            </span>
          </div>
          <CoverageStrip coverage={person.coverage} />
        </>
      )}
    </TileFrame>
  );
});
