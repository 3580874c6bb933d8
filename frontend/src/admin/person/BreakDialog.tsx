import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Attempt, endBreak, giveBreak } from "../../api/record";
import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { timeOfDay } from "../../ui/time";
import styles from "./BreakDialog.module.css";

const USUAL_MINUTES = 10;
/** The server's limit. */
const MAX_MINUTES = 120;

interface Props {
  attempt: Attempt;
  /** The candidate's. */
  name: string;
  onChanged: () => void;
  onClose: () => void;
}

/** Gives the candidate a break, changes it or ends it. */
export function BreakDialog({ attempt, name, onChanged, onClose }: Props) {
  const [minutes, setMinutes] = useState(USUAL_MINUTES);
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: async (isStart: boolean) => {
      if (isStart) return `Break until ${timeOfDay((await giveBreak(attempt, minutes)).until)}.`;
      await endBreak(attempt);
      return "There is no break now.";
    },
    onSuccess: onChanged,
  });

  function start(event: FormEvent) {
    event.preventDefault();
    if (!isPending) mutate(true);
  }

  return (
    <Dialog labelledBy="break-title" onClose={onClose}>
      <DialogHead onClose={onClose}>
        <h2 id="break-title">
          Break for <bdi>{name}</bdi>
        </h2>
      </DialogHead>
      <p>The candidate gets a message. Gaps within the break are excused; pictures are checked as ever.</p>
      <form className={styles.form} onSubmit={start}>
        <label>
          Minutes from now
          <input
            type="number"
            required
            min={1}
            max={MAX_MINUTES}
            value={Number.isNaN(minutes) ? "" : minutes}
            onChange={(event) => setMinutes(event.target.valueAsNumber)}
          />
        </label>
        <div className="actions">
          <button type="submit" className="primary" aria-disabled={isPending}>
            Give a break
          </button>
          <button type="button" aria-disabled={isPending} onClick={() => !isPending && mutate(false)}>
            End the break
          </button>
        </div>
      </form>
      <p className="quiet" role="status">
        {data}
      </p>
      {error && <Failure message={errorMessage(error)} />}
    </Dialog>
  );
}
