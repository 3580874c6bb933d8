import type { Person } from "../../api/types";
import type { LiveConnection } from "../../live/useLiveSocket";
import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { nameWithNumber } from "../people/PersonNumber";
import { MessageForm } from "./MessageForm";
import { MessageRecords } from "./MessageRecords";
import { useMessages } from "./useMessages";

interface Props {
  meetingId: string;
  adminKey: string;
  people: readonly Person[];
  connection: LiveConnection;
  onClose: () => void;
}

/** Send a message to everyone, and read all messages sent so far. */
export function MessagesDialog({ meetingId, adminKey, people, connection, onClose }: Props) {
  const history = useMessages(meetingId, adminKey, connection, null);

  function nameOf(id: string): string {
    const person = people.find(({ participant_id }) => participant_id === id);
    return person ? nameWithNumber(person) : "a candidate";
  }

  return (
    <Dialog labelledBy="messages-title" wide onClose={onClose}>
      <DialogHead onClose={onClose}>
        <h2 id="messages-title">Messages</h2>
      </DialogHead>
      <p>
        Everyone who has joined gets it on their exam page. Anyone offline gets it when they reconnect. To
        write to one candidate, open them under People.
      </p>
      <MessageForm
        meetingId={meetingId}
        adminKey={adminKey}
        participantId={null}
        label="Message to all candidates"
        onSent={history.refresh}
      />
      <MessageRecords history={history} nameOf={nameOf} />
    </Dialog>
  );
}
