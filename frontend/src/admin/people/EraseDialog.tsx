import type { Person } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { Failure } from "../../ui/Failure";
import { useAction } from "../useAction";
import styles from "./EraseDialog.module.css";

interface Props {
  person: Person;
  onErase: (person: Person) => Promise<void>;
  onClose: () => void;
}

/** Asks before a person is erased, and lists what will be deleted. Disappears with the person. */
export function EraseDialog({ person, onErase, onClose }: Props) {
  const { busy, problem, run } = useAction(() => onErase(person));
  const { name } = person;
  return (
    <Dialog labelledBy="erase-title" describedBy="erase-words" onClose={onClose}>
      <h2 id="erase-title">
        Erase <bdi>{name}</bdi>?
      </h2>
      <div id="erase-words" className={styles.text}>
        <p>These are deleted, for all invigilators:</p>
        <ul>
          <li>the name, and the times of checked pictures</li>
          <li>all flags, their pictures, and the decisions about them</li>
          <li>the messages to this candidate, and their receipts</li>
        </ul>
        <p>
          If the exam is still running, it ends for this candidate, and checking stops.{" "}
          <strong>It can't be undone.</strong> Export first what you may need later.
        </p>
      </div>
      {problem && (
        <Failure
          message={`This person may not be erased yet. ${problem} Then press again: repeating it does no harm.`}
        />
      )}
      <div className="actions">
        <button type="button" className="danger" aria-disabled={busy} onClick={run}>
          {busy ? "Erasing…" : "Erase permanently"}
        </button>
        <button type="button" onClick={onClose}>
          Don't erase
        </button>
      </div>
    </Dialog>
  );
}
