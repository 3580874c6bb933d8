import { HOME } from "../basePath";
import { CopyField } from "../ui/CopyField";
import { Dialog } from "../ui/Dialog";

interface Props {
  adminKey: string;
  onStay: () => void;
  onForget: () => void;
}

/** Asks whether this browser should keep the key. The meeting continues without its invigilator. */
export function LeaveDialog({ adminKey, onStay, onForget }: Props) {
  return (
    <Dialog labelledBy="leave-title" onClose={onStay}>
      <h2 id="leave-title">Leave this exam?</h2>
      <p>
        Checking continues. On your own computer, just leave: the key stays in this browser. On a shared
        computer, save a copy of the key and then remove it here: without the key nobody can see the flagged
        pictures.
      </p>
      <CopyField label="Invigilator key" value={adminKey} secret />
      <div className="actions">
        <a className="button" href={HOME}>
          Go to the home page
        </a>
        <button type="button" className="danger" onClick={onForget}>
          Remove the key and leave
        </button>
        <button type="button" onClick={onStay}>
          Stay
        </button>
      </div>
    </Dialog>
  );
}
