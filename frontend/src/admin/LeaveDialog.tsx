import { HOME } from "../basePath";
import { CopyField } from "../ui/CopyField";
import { Dialog } from "../ui/Dialog";

interface Props {
  adminKey: string;
  onStay: () => void;
  onForget: () => void;
}

/** The meeting goes on without its invigilator; the question is what this browser keeps. */
export function LeaveDialog({ adminKey, onStay, onForget }: Props) {
  return (
    <Dialog labelledBy="leave-title" onClose={onStay}>
      <h2 id="leave-title">Leave this meeting?</h2>
      <p>
        Checking goes on. On your own computer just go: the key stays in this browser. On a shared one, have
        it forgotten, and keep a copy first: without it nobody can see the flagged pictures.
      </p>
      <CopyField label="Invigilator key" value={adminKey} secret />
      <div className="actions">
        <a className="button" href={HOME}>
          Go to the home page
        </a>
        <button type="button" className="danger" onClick={onForget}>
          Forget the key and leave
        </button>
        <button type="button" onClick={onStay}>
          Stay
        </button>
      </div>
    </Dialog>
  );
}
