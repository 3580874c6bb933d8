import { useState } from "react";
import type { MessageRecord } from "../../api/types";
import { Failure } from "../../ui/Failure";
import { dayAndTime, timeOfDay } from "../../ui/time";
import styles from "./MessageRecords.module.css";
import { UnacknowledgedPeople } from "./UnacknowledgedPeople";
import type { Messages } from "./useMessages";

interface Props {
  history: Messages;
  /** The name of a recipient; null where all messages are to the same person. */
  nameOf: ((participantId: string) => string) | null;
}

/** The messages sent so far with their receipts, newest first. */
export function MessageRecords({ history: { messages, problem, unacknowledgedBy }, nameOf }: Props) {
  return (
    <section className={styles.records} aria-label="Messages sent">
      {problem && <Failure message={`The messages could not be loaded: ${problem}`} />}
      {messages?.length === 0 && <p className="quiet">No messages yet.</p>}
      <ul className="plain">
        {messages?.map((message) => (
          <li key={message.id}>
            <p dir="auto">{message.text}</p>
            <p className="quiet">
              <time dateTime={message.sent_at} title={dayAndTime(message.sent_at)}>
                {timeOfDay(message.sent_at)}
              </time>
              <span>{` · ${nameOf ? `to ${recipient(message, nameOf)} · ` : ""}${receiptSummary(message)}`}</span>
            </p>
            {message.recipients > 1 && <Receipts message={message} unacknowledgedBy={unacknowledgedBy} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function recipient({ participant_id }: MessageRecord, nameOf: (participantId: string) => string): string {
  return participant_id ? nameOf(participant_id) : "all";
}

function receiptSummary({ recipients, delivered, acknowledged }: MessageRecord): string {
  if (recipients === 0) return "nobody had joined yet";
  if (recipients > 1) return `delivered to ${delivered} of ${recipients}`;
  if (acknowledged) return "acknowledged";
  return delivered ? "delivered, not acknowledged yet" : "not delivered yet: the candidate is offline";
}

interface ReceiptsProps {
  message: MessageRecord;
  unacknowledgedBy: Messages["unacknowledgedBy"];
}

/** How many have acknowledged a message; expands to who has not. */
export function Receipts({ message, unacknowledgedBy }: ReceiptsProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { acknowledged, recipients } = message;
  if (acknowledged === recipients) return <p className="quiet">Acknowledged by all</p>;
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{`Acknowledged by ${acknowledged} of ${recipients}`}</summary>
      {isOpen && <UnacknowledgedPeople message={message} unacknowledgedBy={unacknowledgedBy} />}
    </details>
  );
}
