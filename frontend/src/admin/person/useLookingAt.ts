import { useEffect, useState } from "react";
import type { LiveConnection } from "../../live/useLiveSocket";
import { now } from "../../ui/now";
import { useReviewer } from "../review/useReviewer";
import { lookingText, type Onlookers, REPEAT_MS, withNotice, withoutOld } from "./onlookers";

/** Tell other invigilators that this person is open here, and return who else has them open, as a text. */
export function useLookingAt({ socket, state }: LiveConnection, participantId: string): string {
  const [name] = useReviewer();
  const [onlookers, setOnlookers] = useState<Onlookers>(new Map());

  useEffect(() => {
    return socket.onMessage((message) => {
      if (message.type === "looking") setOnlookers((before) => withNotice(before, message, now()));
    });
  }, [socket]);

  useEffect(() => {
    if (state !== "open") return;
    const tell = () => socket.send({ type: "looking", participant_id: participantId, name: name || null });
    tell();
    const timer = setInterval(() => {
      tell();
      setOnlookers((before) => withoutOld(before, now()));
    }, REPEAT_MS);
    return () => {
      clearInterval(timer);
      socket.send({ type: "looking", participant_id: null, name: null });
    };
  }, [socket, state, participantId, name]);

  return lookingText(onlookers, participantId);
}
