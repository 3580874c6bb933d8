import { useMemo, useState } from "react";
import type { Attempt } from "../../api/record";
import type { AttemptRecord, Flag, Timeline } from "../../api/types";
import { Nothing, Panel } from "../Panel";
import { axisOf, gapAt, happeningsIn, minuteOf, timeOfMinute } from "./axis";
import styles from "./Exam.module.css";
import { Happenings } from "./Happenings";
import { Incidents } from "./Incidents";
import { Legend } from "./Legend";
import { MinuteTable } from "./MinuteTable";
import { MomentPanel } from "./MomentPanel";
import { Pictures } from "./Pictures";
import { TimelineAxis } from "./TimelineAxis";
import { useMoment } from "./useMoment";
import { clockTime, minuteLabel } from "./words";

interface Props {
  attempt: Attempt;
  record: AttemptRecord;
  timeline: Timeline;
  /** Flags whose pictures are kept, by time. */
  pictures: readonly Flag[];
  onReviewed: () => void;
}

/** The exam on one axis, the chosen minute of it, and everything that leads to a minute. */
export function Exam({ attempt, record, timeline, pictures, onReviewed }: Props) {
  const axis = useMemo(() => axisOf(timeline), [timeline]);
  const happenings = useMemo(() => happeningsIn(record), [record]);
  const moment = useMoment(axis);
  const goToTime = (at: number) => axis && moment.goTo(minuteOf(axis, at));

  // As the page was opened: a review must not move to another minute.
  const [first] = useState(
    () => record.incidents.find(({ review }) => review === "open") ?? record.incidents[0],
  );
  const minute =
    moment.minute ?? (axis ? minuteOf(axis, first ? Date.parse(first.started_at) : Infinity) : 0);
  const words = axis ? minuteLabel(timeline, minute, gapAt(timeline.gaps, axis, minute)) : "";
  const time = axis ? clockTime(timeOfMinute(axis, minute)) : "";

  return (
    <>
      <Panel
        id="timeline-title"
        title="Timeline"
        aside={
          <div className="actions">
            <button type="button" aria-disabled={moment.isWidest} onClick={() => moment.zoomBy(-1)}>
              Zoom out <kbd>−</kbd>
            </button>
            <button type="button" aria-disabled={moment.isClosest} onClick={() => moment.zoomBy(1)}>
              Zoom in <kbd>+</kbd>
            </button>
          </div>
        }
      >
        {axis ? (
          <div className={`card ${styles.timeline}`}>
            <TimelineAxis
              axis={axis}
              timeline={timeline}
              happenings={happenings}
              minute={minute}
              zoom={moment.zoom}
              label={`${time}, ${words}`}
              onMinute={moment.goTo}
              onZoom={moment.zoomBy}
            />
            <Legend timeline={timeline} />
            <p className="quiet">
              With the timeline focused: arrow keys move by a minute, <kbd>,</kbd> and <kbd>.</kbd> to the
              event before and after, <kbd>+</kbd> and <kbd>−</kbd> zoom.
            </p>
            <MinuteTable axis={axis} timeline={timeline} onMinute={moment.goTo} />
          </div>
        ) : (
          <Nothing>No picture of this candidate has been checked so far.</Nothing>
        )}
      </Panel>
      <div className={styles.columns}>
        {axis && (
          <MomentPanel
            axis={axis}
            minute={minute}
            time={time}
            words={words}
            happenings={happenings}
            pictures={pictures}
            onMinute={moment.goTo}
          />
        )}
        <Incidents
          attempt={attempt}
          incidents={record.incidents}
          pictures={pictures}
          onShow={goToTime}
          onReviewed={onReviewed}
        />
        <Pictures pictures={pictures} onShow={goToTime} />
        <Happenings happenings={happenings} onShow={goToTime} />
      </div>
    </>
  );
}
