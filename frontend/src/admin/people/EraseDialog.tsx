import type { Person } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { Failure } from "../../ui/Failure";
import { useAsking } from "../../ui/useAsking";

interface Props {
  person: Person;
  onErase: (person: Person) => Promise<void>;
  onClose: () => void;
}

/** What will be deleted, before it is. Whoever is erased is not there any more, and neither is this. */
export function EraseDialog({ person, onErase, onClose }: Props) {
  const { busy, problem, ask } = useAsking();
  const { name } = person;
  return (
    <Dialog labelledBy="erase-title" describedBy="erase-words" onClose={onClose}>
      <h2 id="erase-title">
        Erase <bdi>{name}</bdi>?
      </h2>
      <div id="erase-words" className="erase-words">
        <p>These are deleted, for all invigilators:</p>
        <ul>
          <li>the name, and when pictures were checked</li>
          <li>all flags, their pictures, and what was decided about them</li>
          <li>the messages to this candidate, and what was acknowledged</li>
        </ul>
        <p>
          If the exam is still going on, it ends for this candidate: nothing more is checked.{" "}
          <strong>It can't be undone.</strong> What may be needed later has to be exported before.
        </p>
      </div>
      {problem && (
        <Failure
          message={`This person may not be erased yet. ${problem} Then press again: twice does no harm.`}
        />
      )}
      <div className="actions">
        <button
          type="button"
          className="danger"
          aria-disabled={busy}
          onClick={() => ask(() => onErase(person))}
        >
          {busy ? "Erasing…" : "Erase for good"}
        </button>
        <button type="button" onClick={onClose}>
          Don't erase
        </button>
      </div>
    </Dialog>
  );
}
