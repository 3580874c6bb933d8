import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { writeNote } from "../../api/notes";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { useReviewer } from "../review/useReviewer";
import styles from "./NoteForm.module.css";

interface Props {
  meetingId: string;
  adminKey: string;
  onWritten: () => void;
}

/** Write a note to the other invigilators. */
export function NoteForm({ meetingId, adminKey, onWritten }: Props) {
  const [text, setText] = useState("");
  const [author, setAuthor] = useReviewer();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => writeNote(meetingId, adminKey, { text, author }),
    onSuccess: () => {
      setText("");
      onWritten();
    },
  });

  function save(event: FormEvent) {
    event.preventDefault();
    if (!isPending) mutate();
  }

  return (
    <form className={styles.form} onSubmit={save} aria-label="New note">
      <label className={styles.text}>
        Note
        <textarea
          required
          rows={3}
          maxLength={2_000}
          placeholder="For example: back at 10:40; watch #12, lamp behind them"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <label>
        Your name
        <input
          required
          maxLength={200}
          autoComplete="name"
          value={author}
          onChange={(event) => setAuthor(event.target.value)}
        />
      </label>
      <button type="submit" className="primary" disabled={isPending}>
        {isPending ? "Saving…" : "Add note"}
      </button>
      {error && <Failure message={errorMessage(error)} />}
    </form>
  );
}
