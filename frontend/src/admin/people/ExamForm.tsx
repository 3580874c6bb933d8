import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "../../api/client";
import { changeExam } from "../../api/gateway";
import type { ExamSettings, Meeting } from "../../api/types";
import { ExamFields } from "../../meeting/ExamFields";
import { toInput, toSettings } from "../../meeting/examInput";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import styles from "./ExamForm.module.css";

interface Props {
  meeting: Meeting;
  adminKey: string;
  onChanged: (settings: ExamSettings) => void;
}

/** Change where the exam is taken and when it ends. */
export function ExamForm({ meeting, adminKey, onChanged }: Props) {
  const [input, setInput] = useState(() => toInput(meeting));
  const { mutate, isPending, isSuccess, error, reset } = useMutation({
    mutationFn: async () => {
      const settings = toSettings(input);
      await changeExam(meeting.id, adminKey, settings);
      onChanged(settings);
    },
  });
  const problems = error instanceof ApiError ? error.fields : new Map<string, string>();

  function save(event: FormEvent) {
    event.preventDefault();
    if (!isPending) mutate();
  }

  return (
    <form className={styles.form} onSubmit={save} aria-labelledby="exam-form-title">
      <h3 id="exam-form-title">Link and end of the exam</h3>
      <p className="quiet">
        Candidates see both on their page, a change within two minutes. Nothing stops when the time is up.
      </p>
      <ExamFields
        input={input}
        problems={problems}
        onChange={(next) => {
          setInput(next);
          reset();
        }}
      />
      {error && problems.size === 0 && <Failure message={errorMessage(error)} />}
      <div className="actions">
        <button type="submit" aria-disabled={isPending}>
          {isPending ? "Saving…" : "Save link and end"}
        </button>
        <p className="quiet" role="status">
          {isSuccess && "Saved."}
        </p>
      </div>
    </form>
  );
}
