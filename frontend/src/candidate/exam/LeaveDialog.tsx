import { Dialog } from "../../ui/Dialog";

interface Props {
  onStay: () => void;
  onLeave: () => void;
}

export function LeaveDialog({ onStay, onLeave }: Props) {
  return (
    <Dialog labelledBy="leave-title" onClose={onStay}>
      <h2 id="leave-title">Leave the exam?</h2>
      <p>Your camera is switched off, and your invigilator sees that you have left.</p>
      <div className="actions">
        <button type="button" onClick={onStay}>
          Stay
        </button>
        <button type="button" className="danger" onClick={onLeave}>
          Leave the exam
        </button>
      </div>
    </Dialog>
  );
}
