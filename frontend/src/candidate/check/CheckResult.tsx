import type { Meeting } from "../../api/types";
import { Failure } from "../../ui/Failure";
import { Icon } from "../../ui/Icon";
import { useNow } from "../../ui/useNow";
import { type CameraUse, cameraState } from "../camera/useCamera";
import type { JudgedFrame } from "../exam/FrameLoop";
import { Rejoin } from "../exam/Rejoin";
import { statusOf } from "../exam/status";
import { useFrameLoop } from "../exam/useFrameLoop";
import type { Live } from "../exam/useLive";
import type { Session } from "../session";
import { type Advice, adviceOn } from "./advice";
import styles from "./CheckResult.module.css";

interface Props {
  meeting: Meeting;
  session: Session;
  use: CameraUse;
  live: Live;
  onChange: (session: Session) => void;
  onStart: () => void;
}

/** The verdict of the real pipeline on the camera's picture, repeated every few seconds. */
export function CheckResult({ meeting, session, use, live, onChange, onStart }: Props) {
  const state = useFrameLoop(session, use.current, live.receive, true);
  const status = statusOf(state, cameraState(use), meeting.frame_interval_ms, useNow());
  const advice = state.last ? adviceOn(state.last.job) : [];
  const isGood = state.condition === "judged" && advice.every(({ ok }) => ok);

  const isStuck = state.condition !== "starting" && state.condition !== "judged";

  if (state.condition === "expired") return <Rejoin session={session} onChange={onChange} />;
  return (
    <div className={styles.result}>
      <div className={styles.status} role="status">
        {state.last ? <Findings judged={state.last} advice={advice} /> : <p>Looking at your picture…</p>}
      </div>
      {isStuck && <Failure message={`The check can't continue: ${status.text}.`} />}
      <button type="button" className={isGood ? "primary" : ""} onClick={onStart}>
        {isGood ? "Start the exam" : "Start the exam anyway"}
      </button>
      <p className={`quiet ${styles.hint}`} data-needed={!isGood}>
        The check continues by itself while you make changes.
      </p>
    </div>
  );
}

function Findings({ judged, advice }: { judged: JudgedFrame; advice: Advice[] }) {
  return (
    <ul className={`plain ${styles.findings}`}>
      {advice.map(({ ok, text }) => (
        <li key={text} data-ok={ok}>
          <Icon name={ok ? "check" : "warning"} />
          <span>{text}</span>
        </li>
      ))}
      {/* Hidden from screen readers: it changes with every picture. */}
      <li aria-hidden="true">
        <Icon name="clock" />
        <span>{`Answer in ${describeDelay(judged)}`}</span>
      </li>
    </ul>
  );
}

function describeDelay({ takenAt, answeredAt }: JudgedFrame): string {
  const seconds = (answeredAt - takenAt) / 1_000;
  return seconds < 0.1 ? "less than 0.1 s" : `${seconds.toFixed(1)} s`;
}
