import { useEffect, useRef, useState } from "react";
import type { Person } from "../../api/types";
import type { LiveSocket } from "../../live/LiveSocket";
import type { LiveConnection } from "../../live/useLiveSocket";
import { now } from "../../ui/now";
import { LiveView, type ViewState } from "./LiveView";

const CONNECTING: ViewState = { stage: "connecting" };
/** Each attempt is recorded, and the candidate's page says that somebody is watching. */
const MAX_FAILED_RESUMPTIONS = 3;

/**
 * View the candidate while the component is mounted. Restarts after a lost connection, and after an interruption once
 * the candidate's page sends frames again.
 *
 * `clockOffset` is the server's time minus `now()`. Return the view, and a function that starts it again.
 */
export function useLiveView(
  { socket, state }: LiveConnection,
  person: Person,
  clockOffset: number,
): [ViewState, () => void] {
  const [view, setView] = useState(CONNECTING);
  const [attempt, setAttempt] = useState(0);
  const resumptions = useRef(0);
  const isOpen = state === "open";
  const participantId = person.participant_id;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt is another view.
  useEffect(() => {
    if (!isOpen) return;
    const open = openView(socket, participantId, (next) => {
      if (next.stage === "live") resumptions.current = 0;
      const isLast = resumptions.current >= MAX_FAILED_RESUMPTIONS;
      setView(next.stage === "ended" && isLast ? { ...next, isInterrupted: false } : next);
    });
    return () => {
      open?.close();
      setView(CONNECTING);
    };
  }, [socket, isOpen, participantId, attempt]);

  const canResume = hasSentFrameSince(view, person, clockOffset);
  useEffect(() => {
    if (!canResume) return;
    resumptions.current += 1;
    setAttempt((last) => last + 1);
  }, [canResume]);

  function retry() {
    resumptions.current = 0;
    setAttempt(attempt + 1);
  }

  return [view, retry];
}

/** Whether the view was interrupted, and the candidate's page has sent a frame since. */
function hasSentFrameSince(
  view: ViewState,
  { connected, last_frame_at }: Person,
  clockOffset: number,
): boolean {
  if (view.stage !== "ended" || !view.isInterrupted || !connected || !last_frame_at) return false;
  return Date.parse(last_frame_at) > view.at + clockOffset;
}

function openView(
  socket: LiveSocket,
  participantId: string,
  onChange: (state: ViewState) => void,
): LiveView | null {
  try {
    return new LiveView(socket, participantId, onChange);
  } catch (error) {
    // A browser without WebRTC, or one that rejects a URL in `iceServers`.
    console.error(error);
    const reason = "Your browser could not open the view.";
    onChange({ stage: "ended", reason, isInterrupted: false, at: now() });
    return null;
  }
}
