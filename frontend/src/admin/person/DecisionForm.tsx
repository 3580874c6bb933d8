import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { type Attempt, decide } from "../../api/record";
import type { NewDecision } from "../../api/types";
import styles from "./DecisionForm.module.css";
import { ReaderFields } from "./ReaderFields";
import { useReader } from "./useReader";
import { codeLabel, OUTCOMES } from "./words";

interface Props {
  attempt: Attempt;
  reasonCodes: readonly string[];
  onDecided: () => void;
  /** null: it is tried again. */
  onFailed: (error: Error | null) => void;
}

const CHOICES = ["clear", "violation", "inconclusive"] as const;

/** What a reader concludes about the attempt. */
export function DecisionForm({ attempt, reasonCodes, onDecided, onFailed }: Props) {
  const [outcome, setOutcome] = useState<NewDecision["outcome"] | null>(null);
  const [code, setCode] = useState("");
  const [comment, setComment] = useState("");
  const [reader, setReader] = useReader();
  const group = useId();
  const { mutate, isPending } = useMutation({
    mutationFn: (decision: NewDecision) => decide(attempt, decision),
    onSuccess: () => {
      setOutcome(null);
      setComment("");
    },
    onMutate: () => onFailed(null),
    onError: onFailed,
    onSettled: onDecided,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (outcome && !isPending) mutate({ outcome, reason_code: code, comment, reader });
  }

  return (
    <form className={styles.form} onSubmit={submit} aria-label="Decide">
      <fieldset>
        <legend>Outcome</legend>
        {CHOICES.map((choice) => (
          <label key={choice}>
            <input
              type="radio"
              name={group}
              required
              checked={outcome === choice}
              onChange={() => setOutcome(choice)}
            />
            <span>{OUTCOMES[choice]}</span>
          </label>
        ))}
      </fieldset>
      <label>
        Reason
        <select required value={code} onChange={(event) => setCode(event.target.value)}>
          <option value="">Choose…</option>
          {reasonCodes.map((each) => (
            <option key={each} value={each}>
              {codeLabel(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Comment (optional)
        <textarea
          rows={2}
          maxLength={2_000}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      </label>
      <ReaderFields reader={reader} onChange={setReader} />
      <button type="submit" className="primary" disabled={isPending}>
        {isPending ? "Saving…" : "Record decision"}
      </button>
    </form>
  );
}
