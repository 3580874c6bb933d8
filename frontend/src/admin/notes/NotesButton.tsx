import { useState } from "react";
import { Count } from "../../ui/Count";
import { NotesDialog } from "./NotesDialog";
import { useNotes } from "./useNotes";

interface Props {
  meetingId: string;
  adminKey: string;
}

/** Opens the notes, and says how many there are. */
export function NotesButton({ meetingId, adminKey }: Props) {
  const history = useNotes(meetingId, adminKey);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setIsOpen(true)}>
        Notes <Count value={history.notes?.length ?? 0} />
      </button>
      {isOpen && (
        <NotesDialog
          meetingId={meetingId}
          adminKey={adminKey}
          history={history}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  );
}
