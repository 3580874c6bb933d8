import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import styles from "./ShortcutsDialog.module.css";

const SHORTCUTS = [
  ["J or ↓", "Next incident"],
  ["K or ↑", "Previous incident"],
  ["→ and ←", "Next and previous picture"],
  ["C", "Confirm, and go to the next incident to review"],
  ["D", "Dismiss, and go to the next incident to review"],
  ["U", "Undo your last decision; after ten seconds, open the incident again"],
  ["R", "Write a reason; Enter returns"],
  ["?", "Show these keys"],
] as const;

/** The keys of the inbox. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog labelledBy="shortcuts" onClose={onClose}>
      <DialogHead onClose={onClose}>
        <h2 id="shortcuts">Keys</h2>
      </DialogHead>
      <dl className={styles.keys}>
        {SHORTCUTS.map(([key, effect]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{effect}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
