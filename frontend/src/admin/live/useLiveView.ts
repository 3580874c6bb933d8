import { useEffect, useState } from "react";
import type { LiveSocket } from "../../live/LiveSocket";
import type { LiveConnection } from "../../live/useLiveSocket";
import { LiveView, type ViewState } from "./LiveView";

const CONNECTING: ViewState = { stage: "connecting" };

/** View the candidate while the component is mounted; restarts after a lost connection. */
export function useLiveView({ socket, state }: LiveConnection, participantId: string): ViewState {
  const [view, setView] = useState(CONNECTING);
  const isOpen = state === "open";

  useEffect(() => {
    if (!isOpen) return;
    const open = openView(socket, participantId, setView);
    return () => {
      open?.close();
      setView(CONNECTING);
    };
  }, [socket, isOpen, participantId]);

  return view;
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
    onChange({ stage: "ended", reason: "Your browser could not open the view." });
    return null;
  }
}
