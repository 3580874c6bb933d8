import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { Failure } from "../../ui/Failure";
import { dayAndTime, timeOfDay } from "../../ui/time";
import { NoteForm } from "./NoteForm";
import styles from "./NotesDialog.module.css";
import type { Notes } from "./useNotes";

interface Props {
  meetingId: string;
  adminKey: string;
  history: Notes;
  onClose: () => void;
}

/** What the meeting's invigilators write to each other, and a form to add a note. */
export function NotesDialog({ meetingId, adminKey, history: { notes, problem, refresh }, onClose }: Props) {
  return (
    <Dialog labelledBy="notes-title" wide onClose={onClose}>
      <DialogHead onClose={onClose}>
        <h2 id="notes-title">Notes</h2>
      </DialogHead>
      <p>
        For breaks and when another invigilator takes over. Candidates never see notes. Write their numbers,
        not names: a note stays when a candidate is erased.
      </p>
      <NoteForm meetingId={meetingId} adminKey={adminKey} onWritten={refresh} />
      <section aria-label="Notes so far">
        {problem && <Failure message={`The notes could not be loaded: ${problem}`} />}
        {notes?.length === 0 && <p className="quiet">No notes yet.</p>}
        <ul className={`plain ${styles.notes}`}>
          {notes?.map(({ id, author, text, written_at }) => (
            <li key={id}>
              <p className={styles.text} dir="auto">
                {text}
              </p>
              <p className="quiet">
                <bdi>{author}</bdi>
                <span>{" · "}</span>
                <time dateTime={written_at} title={dayAndTime(written_at)}>
                  {timeOfDay(written_at)}
                </time>
              </p>
            </li>
          ))}
        </ul>
      </section>
    </Dialog>
  );
}
