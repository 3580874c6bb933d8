import type { Meeting } from "../../api/types";
import { Failure } from "../../ui/Failure";
import { Icon } from "../../ui/Icon";
import { useNow } from "../../ui/useNow";
import { type CameraUse, cameraState } from "../camera/useCamera";
import type { Judged } from "../exam/FrameLoop";
import { statusOf } from "../exam/status";
import { useFrameLoop } from "../exam/useFrameLoop";
import type { Live } from "../exam/useLive";
import type { Seat } from "../seat";
import { type Advice, adviceOn } from "./advice";

interface Props {
  meeting: Meeting;
  seat: Seat;
  use: CameraUse;
  live: Live;
  onStart: () => void;
}

/** What the real pipeline says about the camera's picture, again every few seconds. */
export function CheckResult({ meeting, seat, use, live, onStart }: Props) {
  const state = useFrameLoop(seat, use.current, live.receive, true);
  const status = statusOf(state, cameraState(use), meeting.frame_interval_ms, useNow());
  const advice = state.last ? adviceOn(state.last.job) : [];
  const isGood = state.condition === "judged" && advice.every(({ ok }) => ok);

  const isStuck = state.condition !== "starting" && state.condition !== "judged";

  return (
    <div className="check-result">
      <div role="status">
        {state.last ? <Findings judged={state.last} advice={advice} /> : <p>Looking at your picture…</p>}
      </div>
      {isStuck && <Failure message={`The check can't go on: ${status.words}.`} />}
      <button type="button" className={isGood ? "primary" : ""} onClick={onStart}>
        {isGood ? "Start the exam" : "Start the exam anyway"}
      </button>
      {!isGood && <p className="quiet">The check goes on by itself while you put things right.</p>}
    </div>
  );
}

function Findings({ judged, advice }: { judged: Judged; advice: Advice[] }) {
  return (
    <ul className="plain findings">
      {advice.map(({ ok, words }) => (
        <li key={words} className={ok ? "good" : "warning"}>
          <Icon name={ok ? "check" : "warning"} />
          <span>{words}</span>
        </li>
      ))}
      {/* Silent: it changes with every picture. */}
      <li aria-hidden="true">
        <Icon name="clock" />
        <span>{`Answer in ${((judged.heardAt - judged.takenAt) / 1_000).toFixed(1)} s`}</span>
      </li>
    </ul>
  );
}
