import { type FormEvent, useState } from "react";
import { isAdmin } from "../api/gateway";
import type { Meeting } from "../api/types";
import { errorMessage } from "../ui/errorMessage";
import { Failure } from "../ui/Failure";
import { Page } from "../ui/Page";

interface Props {
  meeting: Meeting;
  /** The stored key was refused. It stays stored: the fault may be the server's. */
  refused: boolean;
  onKey: (key: string) => void;
  onCancel: () => void;
}

const NOT_ACCEPTED =
  "The server does not accept the key that this browser holds for this exam. It may have been replaced.";

/** Asks for the key in a browser other than the one that created the exam. */
export function KeyForm({ meeting, refused, onKey, onCancel }: Props) {
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState(refused ? NOT_ACCEPTED : "");
  const [busy, setBusy] = useState(false);

  async function check(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      if (await isAdmin(meeting.id, key.trim())) onKey(key.trim());
      else
        setProblem(
          "This isn't the key of this exam. Copy it again in the browser where the exam was created.",
        );
    } catch (error) {
      setProblem(errorMessage(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Page title={`Invigilator · ${meeting.title}`}>
      <h1 dir="auto">{meeting.title}</h1>
      <form className="card" onSubmit={check}>
        <h2>Open as invigilator</h2>
        <p>
          Paste the invigilator key. It is on the home page of the browser where the exam was created, under
          “Use another device”. This browser keeps it until you leave.
        </p>
        <label>
          Invigilator key
          <input
            type="password"
            required
            autoComplete="off"
            spellCheck={false}
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        </label>
        {problem && <Failure message={problem} />}
        <div className="actions">
          <button type="submit" className="primary" disabled={busy}>
            {busy ? "Checking…" : "Open as invigilator"}
          </button>
          <button type="button" onClick={onCancel}>
            I'm a candidate
          </button>
        </div>
      </form>
    </Page>
  );
}
