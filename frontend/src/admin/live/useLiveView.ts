import { useEffect, useState } from "react";
import type { LiveLine } from "../../live/LiveLine";
import type { Line } from "../../live/useLine";
import { LiveView, type ViewState } from "./LiveView";

const CONNECTING: ViewState = { stage: "connecting" };

/** A view of the candidate for as long as the component is there; begun anew when the server was away. */
export function useLiveView({ line, state }: Line, participantId: string): ViewState {
  const [view, setView] = useState(CONNECTING);
  const isOpen = state === "open";

  useEffect(() => {
    if (!isOpen) return;
    const open = begin(line, participantId, setView);
    return () => {
      open?.close();
      setView(CONNECTING);
    };
  }, [line, isOpen, participantId]);

  return view;
}

function begin(line: LiveLine, participantId: string, tell: (state: ViewState) => void): LiveView | null {
  try {
    return new LiveView(line, participantId, tell);
  } catch (error) {
    // A browser without WebRTC, or one that an address of `iceServers` displeases.
    console.error(error);
    tell({ stage: "over", words: "Your browser could not open the view." });
    return null;
  }
}
