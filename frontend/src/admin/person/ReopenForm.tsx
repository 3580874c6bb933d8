import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Attempt, reopenDecision } from "../../api/record";
import { ReaderFields } from "./ReaderFields";
import styles from "./ReopenForm.module.css";
import { useReader } from "./useReader";

interface Props {
  attempt: Attempt;
  onDecided: () => void;
  /** null: it is tried again. */
  onFailed: (error: Error | null) => void;
}

/** Decide again, with a reason; what was decided stays in the record. */
export function ReopenForm({ attempt, onDecided, onFailed }: Props) {
  const [reason, setReason] = useState("");
  const [reader, setReader] = useReader();
  const { mutate, isPending } = useMutation({
    mutationFn: () => reopenDecision(attempt, reason, reader),
    onMutate: () => onFailed(null),
    onError: onFailed,
    onSettled: onDecided,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isPending) mutate();
  }

  return (
    <details>
      <summary>Reopen</summary>
      <form className={styles.form} onSubmit={submit} aria-label="Reopen">
        <label>
          Why it is decided again
          <input
            required
            maxLength={2_000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <ReaderFields reader={reader} onChange={setReader} />
        <button type="submit" disabled={isPending}>
          {isPending ? "Reopening…" : "Reopen the decision"}
        </button>
      </form>
    </details>
  );
}
