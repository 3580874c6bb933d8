import { useEffect, useState } from "react";
import type { MessageRecord, UnacknowledgedRecipients } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import type { Messages } from "./useMessages";

interface Props {
  /** Another object each time that anything of it may have changed. */
  message: MessageRecord;
  unacknowledgedBy: Messages["unacknowledgedBy"];
}

/** Who has not acknowledged a message, kept up to date. */
export function UnacknowledgedPeople({ message, unacknowledgedBy }: Props) {
  const [people, setPeople] = useState<UnacknowledgedRecipients["people"] | null>(null);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    const leaving = new AbortController();
    async function read() {
      try {
        setPeople((await unacknowledgedBy(message.id, leaving.signal)).people);
        setProblem("");
      } catch (error) {
        if (!leaving.signal.aborted) setProblem(errorMessage(error));
      }
    }
    void read();
    return () => leaving.abort();
  }, [unacknowledgedBy, message]);

  if (problem) return <Failure message={`Their names could not be fetched. ${problem}`} />;
  if (!people) return <p className="quiet">Asking the server…</p>;
  return (
    <>
      <p id={message.id} className="quiet">
        Not acknowledged by
      </p>
      <ul className="plain silent" aria-labelledby={message.id}>
        {people.map(({ participant_id, name, delivered_at }) => (
          <li key={participant_id}>
            <span>{name}</span> {!delivered_at && <span className="quiet">not delivered yet</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
