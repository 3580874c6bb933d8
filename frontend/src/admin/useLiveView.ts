import { useEffect, useState } from "react";
import type { Line } from "../live/useLine";
import { LiveView, type ViewState } from "./LiveView";

const CONNECTING: ViewState = { stage: "connecting" };

/** A view of the candidate for as long as the component is there; begun anew when the server was away. */
export function useLiveView({ line, state }: Line, participantId: string): ViewState {
  const [view, setView] = useState(CONNECTING);
  const isOpen = state === "open";

  useEffect(() => {
    if (!isOpen) return;
    const open = new LiveView(line, participantId, setView);
    return () => {
      open.close();
      setView(CONNECTING);
    };
  }, [line, isOpen, participantId]);

  return view;
}
