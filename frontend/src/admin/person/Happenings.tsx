import { Count } from "../../ui/Count";
import { timeOfDay } from "../../ui/time";
import { Panel } from "../Panel";
import type { Happening } from "./axis";
import styles from "./Happenings.module.css";
import { happeningLabel } from "./words";

interface Props {
  happenings: readonly Happening[];
  onShow: (at: number) => void;
}

/** What is on the axis, as a list. */
export function Happenings({ happenings, onShow }: Props) {
  return (
    <Panel
      id="happenings-title"
      title={
        <>
          Events <Count value={happenings.length} />
        </>
      }
      aside={null}
    >
      <ol className={`plain ${styles.list}`}>
        {happenings.map((happening) => (
          <li key={happening.key}>
            <button type="button" onClick={() => onShow(happening.at)}>
              <time dateTime={new Date(happening.at).toISOString()}>{timeOfDay(happening.at)}</time>
              <span>{happeningLabel(happening)}</span>
            </button>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
