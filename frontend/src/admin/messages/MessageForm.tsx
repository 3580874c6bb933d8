import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { sendMessage } from "../../api/gateway";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import styles from "./MessageForm.module.css";

interface Props {
  meetingId: string;
  adminKey: string;
  /** null for everyone who has joined. */
  participantId: string | null;
  label: string;
  onSent: () => void;
}

/** Send a short message to one candidate or to all. */
export function MessageForm({ meetingId, adminKey, participantId, label, onSent }: Props) {
  const [text, setText] = useState("");
  const { mutate, isPending, data, error } = useMutation({
    mutationFn: () => sendMessage(meetingId, adminKey, text, participantId),
    onSuccess: () => {
      setText("");
      onSent();
    },
  });

  function send(event: FormEvent) {
    event.preventDefault();
    if (!isPending) mutate();
  }

  return (
    <form className={styles.form} onSubmit={send}>
      <label>
        <span>{label}</span>
        <input
          required
          maxLength={500}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="primary" disabled={isPending}>
        {isPending ? "Sending…" : "Send"}
      </button>
      <p className="quiet" role="status">
        {data && sentTo(data.recipients)}
      </p>
      {error && <Failure message={errorMessage(error)} />}
    </form>
  );
}

function sentTo(recipients: number): string {
  if (recipients === 0) return "Sent to nobody: no candidate has joined yet.";
  return `Sent to ${recipients === 1 ? "one candidate" : `${recipients} candidates`}.`;
}
