import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { MessageRecord } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { PersonNumber } from "../people/PersonNumber";
import styles from "./UnacknowledgedPeople.module.css";
import type { Messages } from "./useMessages";

interface Props {
  message: MessageRecord;
  unacknowledgedBy: Messages["unacknowledgedBy"];
}

/** Who has not acknowledged a message, kept up to date. */
export function UnacknowledgedPeople({ message, unacknowledgedBy }: Props) {
  const { data, error, refetch } = useQuery({
    // Read again when the counts change.
    queryKey: ["unacknowledged", message],
    queryFn: ({ signal }) => unacknowledgedBy(message.id, signal),
    placeholderData: keepPreviousData,
  });

  if (error) {
    const problem = `Their names could not be loaded. ${errorMessage(error)}`;
    return <Failure message={problem} onRetry={() => void refetch()} />;
  }
  if (!data) return <p className="quiet">Loading…</p>;
  return (
    <>
      <p id={message.id} className="quiet">
        Not acknowledged by
      </p>
      <ul className={`plain ${styles.list}`} aria-labelledby={message.id}>
        {data.people.map(({ participant_id, name, delivered_at }) => (
          <li key={participant_id}>
            <span>{name}</span> <PersonNumber participantId={participant_id} />{" "}
            {!delivered_at && <span className="quiet">not delivered yet</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
