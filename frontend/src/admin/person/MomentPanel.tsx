import { useState } from "react";
import type { Flag } from "../../api/types";
import { Icon } from "../../ui/Icon";
import { Panel } from "../Panel";
import { type Axis, adjacentMinute, type Happening, happeningsAt, minuteOf } from "./axis";
import { PictureButton } from "./PictureButton";
import { PictureDialog } from "./PictureDialog";
import styles from "./Pictures.module.css";
import { happeningLabel, period } from "./words";

interface Props {
  axis: Axis;
  minute: number;
  time: string;
  words: string;
  happenings: readonly Happening[];
  pictures: readonly Flag[];
  onMinute: (minute: number) => void;
}

/** The chosen minute: what was seen, what happened, and its pictures. */
export function MomentPanel({ axis, minute, time, words, happenings, pictures, onMinute }: Props) {
  const [opened, setOpened] = useState<Flag | null>(null);
  const here = happeningsAt(happenings, axis, minute);
  const seen = pictures.filter(({ ts }) => minuteOf(axis, Date.parse(ts)) === minute);
  const [earlier, later] = [
    adjacentMinute(happenings, axis, minute, -1),
    adjacentMinute(happenings, axis, minute, 1),
  ];
  return (
    <Panel
      id="moment-title"
      title={time}
      aside={
        <div className="actions">
          <button
            type="button"
            aria-disabled={earlier === null}
            onClick={() => earlier !== null && onMinute(earlier)}
          >
            <Icon name="left" /> Earlier event
          </button>
          <button
            type="button"
            aria-disabled={later === null}
            onClick={() => later !== null && onMinute(later)}
          >
            Later event <Icon name="right" />
          </button>
        </div>
      }
    >
      <p>{words}</p>
      <ul>
        {here.map((happening) => (
          <li key={happening.key}>
            <span>{`${period(happening.at, happening.until)} ·`}</span>{" "}
            <span>{happeningLabel(happening)}</span>
          </li>
        ))}
      </ul>
      {seen.length > 0 ? (
        <ul className={`plain ${styles.strip}`} aria-label="Pictures of this minute">
          {seen.map((flag) => (
            <li key={flag.id}>
              <PictureButton flag={flag} action="Enlarge" onPress={() => setOpened(flag)} />
            </li>
          ))}
        </ul>
      ) : (
        <p className="quiet">No picture is kept from this minute: only flagged ones are.</p>
      )}
      {opened && <PictureDialog flag={opened} onClose={() => setOpened(null)} />}
    </Panel>
  );
}
