import { useCallback, useEffect, useState } from "react";
import { sendReceipt } from "../../api/gateway";
import type { Message, Receipt } from "../../api/types";
import { untilAnswered } from "../../api/untilAnswered";
import type { SocketState } from "../../live/LiveSocket";
import { useLiveSocket } from "../../live/useLiveSocket";
import type { CameraUse } from "../camera/useCamera";
import type { Session } from "../session";
import { Inbox, type ReceivedMessage } from "./Inbox";
import { Viewers } from "./Viewers";

/** The candidate's live connection to the invigilators. */
export interface Live {
  state: SocketState;
  /** Move the exam back here from another window. */
  takeOver: () => void;
  /** How many invigilators are watching the camera live. */
  viewers: number;
  /** Oldest first. */
  messages: readonly ReceivedMessage[];
  acknowledge: (id: string) => void;
  /** Take the messages that came with a job; the only way for them where no WebSocket connects. */
  receive: (messages: readonly Message[]) => void;
}

/** Receive messages and, once the exam has started, show invigilators the camera when they ask. */
export function useLive(session: Session, use: CameraUse): Live {
  const { socket, state } = useLiveSocket(session.meetingId, session.token);
  const [viewers, setViewers] = useState(0);
  const [messages, setMessages] = useState(session.messages);
  const [inbox] = useState(() => new Inbox(messages, setMessages));

  const shown = use.isOn && session.startedAt !== null ? use.camera : null;

  useEffect(
    () =>
      socket.onMessage((message) => {
        if (message.type === "message") socket.send(inbox.receive(message));
        else if (message.type === "error") console.error(message.detail);
      }),
    [socket, inbox],
  );

  useEffect(() => {
    const viewing = new Viewers(socket, shown);
    const unsubscribeMessages = socket.onMessage((message) => {
      if (message.type === "signal") viewing.handle(message);
      else if (message.type === "watched") setViewers(message.viewers);
    });
    // The gateway has told the viewers, and counts from zero after a reconnect.
    const unsubscribeState = socket.onState(() => {
      if (socket.state === "open") return;
      viewing.endAll();
      setViewers(0);
    });
    return () => {
      unsubscribeMessages();
      unsubscribeState();
      // `viewers` is kept: somebody may be watching until the gateway says otherwise.
      viewing.close();
    };
  }, [socket, shown]);

  const receive = useCallback(
    (received: readonly Message[]) => {
      for (const message of received) void sendReceiptOverHttp(session, inbox.receive(message));
    },
    [session, inbox],
  );

  function acknowledge(id: string) {
    const receipt = inbox.acknowledge(id);
    if (!socket.send(receipt)) void sendReceiptOverHttp(session, receipt);
  }

  return {
    state,
    takeOver: socket.start,
    viewers,
    messages,
    acknowledge,
    receive,
  };
}

function sendReceiptOverHttp({ meetingId, token }: Session, receipt: Receipt): Promise<void> {
  const { id, acknowledged } = receipt;
  return untilAnswered(() => sendReceipt(meetingId, token, id, acknowledged)).catch(console.error);
}
