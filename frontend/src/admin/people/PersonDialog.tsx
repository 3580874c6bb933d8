import { useState } from "react";
import type { Meeting, Person } from "../../api/types";
import type { LiveConnection } from "../../live/useLiveSocket";
import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { LivePicture } from "../live/LivePicture";
import { MessageForm } from "../messages/MessageForm";
import { MessageRecords } from "../messages/MessageRecords";
import { useMessages } from "../messages/useMessages";
import { CoverageStrip } from "./CoverageStrip";
import { PersonData } from "./PersonData";
import { StateMark } from "./StateMark";
import { isUnreachable } from "./UnreachableMark";

interface Props {
  meeting: Meeting;
  adminKey: string;
  person: Person;
  connection: LiveConnection;
  onErase: (person: Person) => Promise<void>;
  onClose: () => void;
}

/** One candidate: live view, messages, and their stored data. */
export function PersonDialog({ meeting, adminKey, person, connection, onErase, onClose }: Props) {
  const { participant_id, name, state, coverage } = person;
  const history = useMessages(meeting.id, adminKey, connection, participant_id);
  const [attempt, setAttempt] = useState(0);

  return (
    <Dialog labelledBy="person-title" wide onClose={onClose}>
      <DialogHead onClose={onClose}>
        <div>
          <h2 id="person-title">{name}</h2>
          <StateMark state={state} />
        </div>
      </DialogHead>
      {isUnreachable(person) && (
        <p className="quiet">
          Not reachable live: pictures arrive, but there is no live connection. A message is delivered with
          the next picture.
        </p>
      )}
      {/* With a vendor, the meeting shows the candidates. */}
      {meeting.video.provider === "none" && (
        <LivePicture
          key={attempt}
          person={person}
          connection={connection}
          onRetry={() => setAttempt(attempt + 1)}
        />
      )}
      <CoverageStrip coverage={coverage} />
      <MessageForm
        meetingId={meeting.id}
        adminKey={adminKey}
        participantId={participant_id}
        label={`Message to ${name}`}
        onSent={history.refresh}
      />
      <MessageRecords history={history} nameOf={null} />
      <PersonData meetingId={meeting.id} adminKey={adminKey} person={person} onErase={onErase} />
    </Dialog>
  );
}
