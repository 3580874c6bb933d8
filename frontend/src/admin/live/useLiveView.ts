import { useEffect, useState } from "react";
import type { LiveSocket } from "../../live/LiveSocket";
import type { LiveConnection } from "../../live/useLiveSocket";
import { LiveView, type ViewState } from "./LiveView";

const CONNECTING: ViewState = { stage: "connecting" };

/** A view of the candidate for as long as the component is there; begun anew when the server was away. */
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
  tell: (state: ViewState) => void,
): LiveView | null {
  try {
    return new LiveView(socket, participantId, tell);
  } catch (error) {
    // A browser without WebRTC, or one that an address of `iceServers` displeases.
    console.error(error);
    tell({ stage: "over", words: "Your browser could not open the view." });
    return null;
  }
}
