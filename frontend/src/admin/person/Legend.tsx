import type { Timeline } from "../../api/types";
import styles from "./Legend.module.css";
import { StateSample } from "./MinuteCells";
import { STATES } from "./words";

/** How many minutes were in each state. */
export function Legend({ timeline: { minutes_by_state } }: { timeline: Timeline }) {
  return (
    <ul className={`plain ${styles.legend}`} aria-label="Minutes by state">
      {Object.entries(STATES)
        .filter(([, { name }]) => minutes_by_state[name])
        .map(([state, { name, label }]) => (
          <li key={state}>
            <StateSample state={state} /> <span>{`${label} ${minutes_by_state[name]} min`}</span>
          </li>
        ))}
    </ul>
  );
}
