import { useEffect, useState } from "react";
import { readMeeting } from "../api/gateway";
import type { Meeting } from "../api/types";

const REFRESH_MS = 120_000;

/** The meeting, read again from time to time: its end may be changed during the exam. */
export function useFreshMeeting(meeting: Meeting): Meeting {
  const [fresh, setFresh] = useState(meeting);
  useEffect(() => {
    const controller = new AbortController();
    const timer = setInterval(() => {
      // During an outage what is known stays shown.
      readMeeting(meeting.id, controller.signal).then(setFresh, () => undefined);
    }, REFRESH_MS);
    return () => {
      controller.abort();
      clearInterval(timer);
    };
  }, [meeting.id]);
  return fresh;
}
