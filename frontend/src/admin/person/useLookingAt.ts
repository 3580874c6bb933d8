import { useEffect } from "react";
import type { LiveConnection } from "../../live/useLiveSocket";
import { useReviewer } from "../review/useReviewer";
import { REPEAT_MS } from "./onlookers";

/** Tell other invigilators that this person is open here. */
export function useLookingAt({ socket, state }: LiveConnection, participantId: string): void {
  const [name] = useReviewer();

  useEffect(() => {
    if (state !== "open") return;
    const tell = () => socket.send({ type: "looking", participant_id: participantId, name: name || null });
    tell();
    const timer = setInterval(tell, REPEAT_MS);
    return () => {
      clearInterval(timer);
      socket.send({ type: "looking", participant_id: null, name: null });
    };
  }, [socket, state, participantId, name]);
}
