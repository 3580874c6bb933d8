import type { Timeline } from "../../api/types";
import { runsOf } from "./axis";
import styles from "./MinuteCells.module.css";

/** Height tells the states apart where colours don't; of 16. */
const HEIGHTS: Record<string, number> = { v: 10, f: 16, h: 8, n: 6, d: 4, "-": 2 };

/** The minutes of the exam, one cell each, by state. */
export function MinuteCells({ timeline: { states } }: { timeline: Timeline }) {
  return (
    <svg
      className={styles.cells}
      viewBox={`0 0 ${states.length} 16`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {/* One element for a run of equal minutes: an exam has hundreds. */}
      {runsOf(states).map(({ state, first, minutes }) => (
        <rect
          key={first}
          data-state={state}
          x={first}
          y={16 - (HEIGHTS[state] ?? 2)}
          width={minutes}
          height={HEIGHTS[state] ?? 2}
        />
      ))}
    </svg>
  );
}

/** The colour and height of a state, beside its name. */
export function StateSample({ state }: { state: string }) {
  const height = HEIGHTS[state] ?? 2;
  return (
    <svg className={styles.sample} viewBox="0 0 16 16" aria-hidden="true">
      <rect data-state={state} x="0" y={16 - height} width="16" height={height} />
    </svg>
  );
}
