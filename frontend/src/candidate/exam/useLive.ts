import { useCallback, useEffect, useState } from "react";
import { backoff } from "../../api/backoff";
import { ApiError } from "../../api/client";
import { giveReceipt } from "../../api/gateway";
import type { SocketState } from "../../live/LiveSocket";
import type { Message, Receipt } from "../../live/protocol";
import { useLiveSocket } from "../../live/useLiveSocket";
import type { CameraUse } from "../camera/useCamera";
import type { Seat } from "../seat";
import { Inbox, type ReceivedMessage } from "./Inbox";
import { Viewers } from "./Viewers";

/** What goes on between the candidate and the invigilators. */
export interface Live {
  state: SocketState;
  /** Takes the exam back from another window. */
  takeOver: () => void;
  /** How many invigilators are watching the camera live. */
  viewers: number;
  /** Oldest first. */
  told: readonly ReceivedMessage[];
  acknowledge: (id: string) => void;
  /** Takes what came with a job, as it does where no WebSocket gets through. */
  receive: (messages: readonly Message[]) => void;
}

/** Hears the invigilators, and once the exam has started shows them the camera when they ask. */
export function useLive(seat: Seat, use: CameraUse): Live {
  const { socket, state } = useLiveSocket(seat.meetingId, seat.token);
  const [viewers, setViewers] = useState(0);
  const [told, setTold] = useState(seat.told);
  const [inbox] = useState(() => new Inbox(told, setTold));

  const shown = use.isOn && seat.startedAt !== null ? use.camera : null;

  useEffect(
    () =>
      socket.onMessage((heard) => {
        if (heard.type === "message") socket.send(inbox.take(heard));
        else if (heard.type === "error") console.error(heard.detail);
      }),
    [socket, inbox],
  );

  useEffect(() => {
    const watching = new Viewers(socket, shown);
    const unsubscribeMessages = socket.onMessage((heard) => {
      if (heard.type === "signal") watching.take(heard);
      else if (heard.type === "watched") setViewers(heard.viewers);
    });
    // The gateway has told the viewers, and counts from none when the page is back.
    const unsubscribeState = socket.onState(() => {
      if (socket.state === "open") return;
      watching.endAll();
      setViewers(0);
    });
    return () => {
      unsubscribeMessages();
      unsubscribeState();
      // Until the gateway says so, somebody may be watching.
      watching.close();
    };
  }, [socket, shown]);

  const receive = useCallback(
    (messages: readonly Message[]) => {
      for (const message of messages) void giveReceiptOverHttp(seat, inbox.take(message));
    },
    [seat, inbox],
  );

  function acknowledge(id: string) {
    const receipt = inbox.acknowledge(id);
    if (!socket.send(receipt)) void giveReceiptOverHttp(seat, receipt);
  }

  return {
    state,
    takeOver: socket.start,
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
