import { useState } from "react";
import type { MessageRecord } from "../../api/types";
import { UnacknowledgedPeople } from "./UnacknowledgedPeople";
import type { Messages } from "./useMessages";

interface Props {
  message: MessageRecord;
  unacknowledgedBy: Messages["unacknowledgedBy"];
}

/** How many have acknowledged a message; unfolded, who has not. */
export function ReceiptsOfAll({ message, unacknowledgedBy }: Props) {
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
