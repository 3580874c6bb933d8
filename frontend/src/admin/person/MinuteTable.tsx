import { useState } from "react";
import type { Timeline } from "../../api/types";
import { type Axis, gapAt, runsOf, timeOfMinute } from "./axis";
import styles from "./MinuteTable.module.css";
import { clockTime, gapLabel, STATES } from "./words";

interface Props {
  axis: Axis;
  timeline: Timeline;
  onMinute: (minute: number) => void;
}

/** The same minutes as a table; consecutive minutes of one state are one row. */
export function MinuteTable(props: Props) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>Minutes as a table</summary>
      {isOpen && <Rows {...props} />}
    </details>
  );
}

function Rows({ axis, timeline, onMinute }: Props) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">Minutes</th>
          <th scope="col">State</th>
          <th scope="col">Pictures</th>
          <th scope="col">Most faces</th>
        </tr>
      </thead>
      <tbody>
        {runsOf(timeline.states).map(({ state, first, minutes }) => {
          const gap = state === "-" ? gapAt(timeline.gaps, axis, first) : undefined;
          const within = [first, first + minutes] as const;
          return (
            <tr key={first}>
              <th scope="row">
                <button type="button" className={styles.time} onClick={() => onMinute(first)}>
                  {clockTime(timeOfMinute(axis, first))}
                </button>
              </th>
              <td>{minutes}</td>
              <td>
                <span>{STATES[state]?.label}</span>
                {gap && <span>{`: ${gapLabel(gap.type, gap.reported_by)}`}</span>}
              </td>
              <td>{timeline.frames.slice(...within).reduce((sum, frames) => sum + frames, 0)}</td>
              <td>{Math.max(...timeline.faces.slice(...within))}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
