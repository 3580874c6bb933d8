import { useEffect, useState } from "react";
import { reportInterruptions } from "../../api/gateway";
import { now } from "../../ui/now";
import { readStored, store } from "../../ui/storage";
import type { Session } from "../session";
import type { LoopState } from "./FrameLoop";
import { Interruptions, isInterruptionState } from "./Interruptions";

/** Report to the gateway why frames could not be sent, once they can be again. */
export function useInterruptions({ meetingId, participantId, token }: Session, state: LoopState): void {
  const [interruptions] = useState(() => {
    const name = `proctor.interruptions.${meetingId}`;
    const environment = {
      load: () => readStored("sessionStorage", name, isInterruptionState),
      save: (kept: unknown) => store("sessionStorage", name, kept),
      report: (reported: Parameters<typeof reportInterruptions>[2]) =>
        reportInterruptions(meetingId, token, reported),
    };
    return new Interruptions(environment, participantId, now());
  });

  useEffect(() => interruptions.note(state.condition, now()), [interruptions, state]);
}
