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
      {({ name, number, state, finished_at, open_incidents, thumbnail_url, coverage }) => (
        <>
          <strong className={styles.name}>{name}</strong>
          <div className={styles.picture}>
            <Thumbnail link={props.isVisible ? thumbnail_url : null} />
            <span className={styles.marks}>
              <span className={styles.number} data-new={props.isNew}>
                {`#${number}`}
              </span>
              {props.isNew && <span className="unseen">Not looked at yet</span>}
              {open_incidents > 0 && (
                <Mark
                  small
                  tone="warning"
                  icon="flag"
                  label={countOf(open_incidents)}
                  unit="open incidents"
                />
              )}
            </span>
            <span className={styles.state}>
              <LookingMark looking={props.looking} small />
              <StateMark state={state} finished={finished_at !== null} small />
            </span>
          </div>
          <CoverageStrip coverage={coverage} />
        </>
      )}
    </TileFrame>
  );
});
