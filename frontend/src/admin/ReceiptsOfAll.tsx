import { useState } from "react";
import type { MessageRecord } from "../api/types";
import { SilentPeople } from "./SilentPeople";
import type { Messages } from "./useMessages";

interface Props {
  message: MessageRecord;
  silentOf: Messages["silentOf"];
}

/** How many have acknowledged a message; unfolded, who has not. */
export function ReceiptsOfAll({ message, silentOf }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const { acknowledged, recipients } = message;
  if (acknowledged === recipients) return <p className="quiet">Acknowledged by all</p>;
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{`Acknowledged by ${acknowledged} of ${recipients}`}</summary>
      {isOpen && <SilentPeople message={message} silentOf={silentOf} />}
    </details>
  );
}
