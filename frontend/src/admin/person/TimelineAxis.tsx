import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from "react";
import type { Timeline } from "../../api/types";
import { Icon, type IconName } from "../../ui/Icon";
import { hasModifier } from "../flags/listStep";
import { type Axis, type Happening, percentOf, targetOf, timeOfMinute } from "./axis";
import { MinuteCells } from "./MinuteCells";
import styles from "./TimelineAxis.module.css";
import { clockTime } from "./words";

interface Props {
  axis: Axis;
  timeline: Timeline;
  happenings: readonly Happening[];
  minute: number;
  zoom: number;
  /** The minute in words, for screen readers. */
  label: string;
  onMinute: (minute: number) => void;
  onZoom: (direction: -1 | 1) => void;
}

const ICONS: Partial<Record<Happening["type"], IconName>> = {
  message: "message",
  decision: "check",
  live: "eye",
  rules: "key",
  joined: "right",
  finished: "check",
  left: "leave",
};

const GAP_ICONS: Record<string, IconName> = {
  network: "offline",
  page_closed: "leave",
  camera_off: "cameraOff",
  refused: "warning",
  server: "warning",
  paused_by_staff: "clock",
  finished: "check",
};

/** The whole exam on one axis, as a slider over its minutes. */
export function TimelineAxis(props: Props) {
  const { axis, timeline, happenings, minute, zoom, label, onMinute } = props;
  const viewport = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a larger zoom moves the minute, too.
  useEffect(() => {
    const element = viewport.current;
    if (!element) return;
    const middle = ((minute + 0.5) / axis.minutes) * element.scrollWidth;
    const isVisible = middle > element.scrollLeft && middle < element.scrollLeft + element.clientWidth;
    if (!isVisible) element.scrollLeft = middle - element.clientWidth / 2;
  }, [minute, zoom, axis.minutes]);

  function choose(event: MouseEvent<HTMLElement>) {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const place = Math.floor(((event.clientX - left) / width) * axis.minutes);
    onMinute(Math.min(axis.minutes - 1, Math.max(0, place)));
  }

  return (
    <div className={styles.viewport} ref={viewport}>
      <div
        className={styles.axis}
        style={{ width: `${zoom * 100}%` }}
        role="slider"
        tabIndex={0}
        aria-label="Minute of the exam"
        aria-valuemin={0}
        aria-valuemax={axis.minutes - 1}
        aria-valuenow={minute}
        aria-valuetext={label}
        aria-keyshortcuts="ArrowLeft ArrowRight PageUp PageDown Home End , . + -"
        onClick={choose}
        onKeyDown={(event) => press(event, props)}
      >
        <MinuteCells timeline={timeline} />
        <div className={styles.lane} aria-hidden="true">
          {happenings.map((happening) => (
            <HappeningMark key={happening.key} axis={axis} happening={happening} />
          ))}
        </div>
        <Ticks axis={axis} zoom={zoom} />
        <div
          className={styles.cursor}
          style={{ left: `${(minute / axis.minutes) * 100}%`, width: `${100 / axis.minutes}%` }}
        />
      </div>
    </div>
  );
}

function press(event: KeyboardEvent, { axis, happenings, minute, onMinute, onZoom }: Props) {
  if (hasModifier(event)) return;
  const target = targetOf(event.key, axis, happenings, minute);
  if (target !== null) onMinute(target);
  else if (event.key === "+" || event.key === "=") onZoom(1);
  else if (event.key === "-") onZoom(-1);
  else return;
  event.preventDefault();
}

function HappeningMark({ axis, happening }: { axis: Axis; happening: Happening }) {
  const left = percentOf(axis, happening.at);
  const width = percentOf(axis, happening.until) - left;
  if (happening.type === "gap") {
    return (
      <span className={styles.gap} style={{ left: `${left}%`, width: `${width}%` }}>
        <Icon name={GAP_ICONS[happening.gap] ?? "info"} />
      </span>
    );
  }
  if (happening.type === "incident") {
    return (
      <span
        className={styles.incident}
        data-review={happening.review}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
    );
  }
  return (
    <span className={styles.mark} style={{ left: `${left}%`, translate: `-${left}%` }}>
      <Icon name={ICONS[happening.type] ?? "info"} />
    </span>
  );
}

/** Minutes between two labels, of which the first that leaves them room is used. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1_440];
const LABELS_IN_VIEW = 5;

function Ticks({ axis, zoom }: { axis: Axis; zoom: number }) {
  const step = STEPS.find((minutes) => axis.minutes / minutes <= LABELS_IN_VIEW * zoom) ?? axis.minutes;
  const first = (step - (Math.floor(axis.start / 60_000) % step)) % step;
  const all = Array.from({ length: Math.ceil((axis.minutes - first) / step) }, (_, at) => first + at * step);
  // The last label needs room, too.
  const ticks = all.filter((minute) => axis.minutes - minute >= 0.8 * step);
  return (
    <div className={styles.ticks} aria-hidden="true">
      {ticks.map((minute) => (
        <span key={minute} style={{ left: `${(minute / axis.minutes) * 100}%` }}>
          {clockTime(timeOfMinute(axis, minute))}
        </span>
      ))}
    </div>
  );
}
