import { useCallback, useEffect, useState } from "react";
import { backoff } from "../../api/backoff";
import { ApiError } from "../../api/client";
import { giveReceipt } from "../../api/gateway";
import type { LineState } from "../../live/LiveLine";
import type { Message, Receipt } from "../../live/protocol";
import { useLine } from "../../live/useLine";
import type { CameraUse } from "../camera/useCamera";
import type { Seat } from "../seat";
import { Inbox, type Told } from "./Inbox";
import { Viewers } from "./Viewers";

/** What goes on between the candidate and the invigilators. */
export interface Live {
  state: LineState;
  /** Takes the exam back from another window. */
  takeOver: () => void;
  /** How many invigilators are watching the camera live. */
  viewers: number;
  /** Oldest first. */
  told: readonly Told[];
  acknowledge: (id: string) => void;
  /** Takes what came with a job, as it does where no WebSocket gets through. */
  receive: (messages: readonly Message[]) => void;
}

/** Hears the invigilators, and once the exam has started shows them the camera when they ask. */
export function useLive(seat: Seat, use: CameraUse): Live {
  const { line, state } = useLine(seat.meetingId, seat.token);
  const [viewers, setViewers] = useState(0);
  const [told, setTold] = useState(seat.told);
  const [inbox] = useState(() => new Inbox(told, setTold));

  const shown = use.isOn && seat.startedAt !== null ? use.camera : null;

  useEffect(
    () =>
      line.onHeard((heard) => {
        if (heard.type === "message") line.say(inbox.take(heard));
        else if (heard.type === "error") console.error(heard.detail);
      }),
    [line, inbox],
  );

  useEffect(() => {
    const watching = new Viewers(line, shown);
    const deaf = line.onHeard((heard) => {
      if (heard.type === "signal") watching.take(heard);
      else if (heard.type === "watched") setViewers(heard.viewers);
    });
    // The gateway has told the viewers, and counts from none when the page is back.
    const unaware = line.onState(() => {
      if (line.state === "open") return;
      watching.endAll();
      setViewers(0);
    });
    return () => {
      deaf();
      unaware();
      // Until the gateway says so, somebody may be watching.
      watching.close();
    };
  }, [line, shown]);

  const receive = useCallback(
    (messages: readonly Message[]) => {
      for (const message of messages) void giveReceiptOverHttp(seat, inbox.take(message));
    },
    [seat, inbox],
  );

  function acknowledge(id: string) {
    const receipt = inbox.acknowledge(id);
    if (!line.say(receipt)) void giveReceiptOverHttp(seat, receipt);
  }

  return {
    state,
    takeOver: line.start,
    viewers,
    told,
    acknowledge,
    receive,
  };
}

/** Gives a receipt over HTTP, again and again until the gateway has answered. */
async function giveReceiptOverHttp({ meetingId, token }: Seat, receipt: Receipt): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await giveReceipt(meetingId, token, receipt.id, receipt.acknowledged);
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.isOutage || error.isBusy)) return console.error(error);
      const pause = backoff(failures, error.retryAfterMs, Math.random);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
