import type { MessageRecord } from "../../api/types";
import { Failure } from "../../ui/Failure";
import { dayAndTime, timeOfDay } from "../../ui/time";
import { ReceiptsOfAll } from "./ReceiptsOfAll";
import type { Messages } from "./useMessages";

interface Props {
  said: Messages;
  /** Who a message went to; null where all are to the same person. */
  nameOf: ((participantId: string) => string) | null;
}

/** What was said so far and how far it has come, newest first. */
export function MessageRecords({ said: { messages, problem, unacknowledgedBy }, nameOf }: Props) {
  return (
    <section className="message-records" aria-label="Messages so far">
      {problem && <Failure message={`The messages so far could not be fetched: ${problem}`} />}
      {messages?.length === 0 && <p className="quiet">Nothing was said so far.</p>}
      <ul className="plain">
        {messages?.map((message) => (
          <li key={message.id}>
            <p>{message.text}</p>
            <p className="quiet">
              <time dateTime={message.sent_at} title={dayAndTime(message.sent_at)}>
                {timeOfDay(message.sent_at)}
              </time>
              <span>{` · ${nameOf ? `to ${recipient(message, nameOf)} · ` : ""}${progress(message)}`}</span>
            </p>
            {message.recipients > 1 && (
              <ReceiptsOfAll message={message} unacknowledgedBy={unacknowledgedBy} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function recipient({ participant_id }: MessageRecord, nameOf: (participantId: string) => string): string {
  return participant_id ? nameOf(participant_id) : "all";
}

function progress({ recipients, delivered, acknowledged }: MessageRecord): string {
  if (recipients === 0) return "nobody had joined yet";
  if (recipients > 1) return `delivered to ${delivered} of ${recipients}`;
  if (acknowledged) return "acknowledged";
  return delivered ? "delivered, not acknowledged yet" : "not delivered yet: the candidate is not connected";
}
