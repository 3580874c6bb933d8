import { useEffect, useState } from "react";
import type { MessageRecord, UnacknowledgedRecipients } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import styles from "./UnacknowledgedPeople.module.css";
import type { Messages } from "./useMessages";

interface Props {
  /** A new object whenever its receipts may have changed. */
  message: MessageRecord;
  unacknowledgedBy: Messages["unacknowledgedBy"];
}

/** Who has not acknowledged a message, kept up to date. */
export function UnacknowledgedPeople({ message, unacknowledgedBy }: Props) {
  const [people, setPeople] = useState<UnacknowledgedRecipients["people"] | null>(null);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    const controller = new AbortController();
    async function read() {
      try {
        setPeople((await unacknowledgedBy(message.id, controller.signal)).people);
        setProblem("");
      } catch (error) {
        if (!controller.signal.aborted) setProblem(errorMessage(error));
      }
    }
    void read();
    return () => controller.abort();
  }, [unacknowledgedBy, message]);

  if (problem) return <Failure message={`Their names could not be loaded. ${problem}`} />;
  if (!people) return <p className="quiet">Loading…</p>;
  return (
    <>
      <p id={message.id} className="quiet">
        Not acknowledged by
      </p>
      <ul className={`plain ${styles.list}`} aria-labelledby={message.id}>
        {people.map(({ participant_id, name, delivered_at }) => (
          <li key={participant_id}>
            <span>{name}</span> {!delivered_at && <span className="quiet">not delivered yet</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
