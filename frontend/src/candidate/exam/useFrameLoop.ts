import { useEffect, useRef, useState } from "react";
import { followJob, sendFrame } from "../../api/gateway";
import { now } from "../../ui/now";
import { CameraOff } from "../camera/Camera";
import type { CameraUse } from "../camera/useCamera";
import type { Session } from "../session";
import { type Environment, FrameLoop, initialState, type LoopState } from "./FrameLoop";
import type { Live } from "./useLive";
import { WorkerTimer } from "./WorkerTimer";

const PRECHECK_PACE = 0.4;

/** Send frames while the component is mounted; faster during the pre-check. */
export function useFrameLoop(
  session: Session,
  camera: CameraUse["current"],
  onMessages: Live["receive"],
  precheck: boolean,
): LoopState {
  const { meetingId, participantId, token } = session;
  const [state, setState] = useState(() => initialState(session.record, now()));
  const start = useRef(state);
  const latest = useRef(onMessages);
  useEffect(() => {
    latest.current = onMessages;
  });

  useEffect(() => {
    const controller = new AbortController();
    const timer = new WorkerTimer();
    const sender = { meetingId, participantId, token, precheck };
    const environment: Environment = {
      capture: () => {
        if (!camera.current) throw new CameraOff();
        return camera.current.capture();
      },
      send: (picture, signal) => sendFrame(sender, picture, signal),
      follow: async (jobId, signal) => {
        const job = await followJob(jobId, token, signal);
        latest.current(job.messages ?? []);
        return job;
      },
      now,
      sleep: (milliseconds, signal) => timer.sleep(milliseconds, signal),
      random: Math.random,
    };
    const loop = new FrameLoop(environment, start.current, setState, precheck ? PRECHECK_PACE : 1);
    void loop.run(controller.signal);
    return () => {
      controller.abort();
      timer.stop();
    };
  }, [meetingId, participantId, token, precheck, camera]);

  return state;
}
