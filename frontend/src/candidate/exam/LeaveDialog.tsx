import { Dialog } from "../../ui/Dialog";

/** Leave the exam for good, or for now. */
export type Leaving = "finish" | "pause";

interface Props {
  leaving: Leaving;
  onStay: () => void;
  onLeave: () => void;
}

const TEXTS: Record<Leaving, { title: string; text: string; action: string }> = {
  finish: {
    title: "Finish the exam?",
    text: "Have you handed in your answers? Your camera turns off, and your invigilator sees that you have finished.",
    action: "Finish exam",
  },
  pause: {
    title: "Leave for now?",
    text: "Your camera turns off. The time until you return is recorded as missing, and your invigilator sees it.",
    action: "Leave for now",
  },
};

export function LeaveDialog({ leaving, onStay, onLeave }: Props) {
  const { title, text, action } = TEXTS[leaving];
  return (
    <Dialog labelledBy="leave-title" onClose={onStay}>
      <h2 id="leave-title">{title}</h2>
      <p>{text}</p>
      <div className="actions">
        <button type="button" onClick={onStay}>
          Stay
        </button>
        <button type="button" className={leaving === "finish" ? "primary" : "danger"} onClick={onLeave}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
