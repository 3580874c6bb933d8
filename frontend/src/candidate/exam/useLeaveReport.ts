import { useRef, useState } from "react";
import { leave } from "../../api/gateway";
import { untilAnswered } from "../../api/untilAnswered";
import { errorMessage } from "../../ui/errorMessage";
import type { Session } from "../session";

/** Whether the server knows that the candidate has left. */
export type LeaveReport = "sending" | "accepted" | { refusal: string };

/** Tell the server that the candidate leaves, through an outage, too. */
export function useLeaveReport() {
  const [report, setReport] = useState<LeaveReport>("sending");
  const latest = useRef<AbortController | null>(null);

  async function send({ meetingId, token }: Session, finished: boolean) {
    const controller = new AbortController();
    const { signal } = controller;
    latest.current = controller;
    const show = (next: LeaveReport) => latest.current === controller && setReport(next);
    show("sending");
    try {
      await untilAnswered(() => leave(meetingId, token, finished, signal), signal);
      show("accepted");
    } catch (error) {
      show({ refusal: errorMessage(error) });
    }
  }

  /** A candidate who is back must not be marked as gone by a late request. */
  function cancel() {
    latest.current?.abort();
    latest.current = null;
  }

  return { report, send, cancel };
}
