import { useEffect, useMemo, useState } from "react";
import type { LiveConnection } from "../../live/useLiveSocket";
import { now } from "../../ui/now";
import {
  type Looking,
  lookingByPerson,
  type Onlookers,
  REPEAT_MS,
  withNotice,
  withoutOld,
} from "./onlookers";

/** Whom other invigilators have open, by participant id. */
export function useOnlookers({ socket }: LiveConnection): ReadonlyMap<string, Looking> {
  const [onlookers, setOnlookers] = useState<Onlookers>(new Map());

  useEffect(() => {
    const timer = setInterval(() => setOnlookers((before) => withoutOld(before, now())), REPEAT_MS);
    const unsubscribe = socket.onMessage((message) => {
      if (message.type === "looking") setOnlookers((before) => withNotice(before, message, now()));
    });
    return () => {
      clearInterval(timer);
      unsubscribe();
    };
  }, [socket]);

  return useMemo(() => lookingByPerson(onlookers), [onlookers]);
}
