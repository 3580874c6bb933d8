import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { createMeeting } from "../api/gateway";
import type { OwnMeeting } from "../meeting/adminKeys";
import { errorMessage } from "../ui/errorMessage";
import { Failure } from "../ui/Failure";
import { TextField } from "../ui/TextField";

export function NewMeeting({ onCreated }: { onCreated: (meeting: OwnMeeting) => void }) {
  const [title, setTitle] = useState("");
  const [operatorKey, setOperatorKey] = useState("");
  const [needsOperator, setNeedsOperator] = useState(false);
  const [wrongTitle, setWrongTitle] = useState<string>();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function create(event: FormEvent) {
    event.preventDefault();
    setProblem("");
    if (!title.trim()) {
      setWrongTitle("Enter a title.");
      return;
    }
    setBusy(true);
    try {
      const { data, admin_id } = await createMeeting(title.trim(), operatorKey.trim());
      setTitle("");
      onCreated({ id: data.id, title: data.title, createdAt: data.created_at, key: admin_id });
    } catch (error) {
      const refused = error instanceof ApiError && error.isRefusedAccess;
      const field = error instanceof ApiError ? error.fields.get("title") : undefined;
      setNeedsOperator(needsOperator || refused);
      setWrongTitle(field);
      if (!field) setProblem(refused ? askForKey(operatorKey) : errorMessage(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="card" onSubmit={create}>
      <h2>New meeting</h2>
      <TextField
        label="Title"
        required
        maxLength={200}
        placeholder="for example: Algebra I, final exam"
        value={title}
        problem={wrongTitle}
        onChange={(value) => {
          setTitle(value);
          setWrongTitle(undefined);
        }}
      />
      {needsOperator && (
        <label>
          Operator key
          <input
            type="password"
            required
            autoComplete="off"
            value={operatorKey}
            onChange={(event) => setOperatorKey(event.target.value)}
          />
        </label>
      )}
      {problem && <Failure message={problem} />}
      <button type="submit" className="primary" disabled={busy}>
        {busy ? "Creating…" : "Create meeting"}
      </button>
    </form>
  );
}

function askForKey(given: string): string {
  if (given) return "This is not the operator key of this server.";
  return "On this server, meetings are created with the operator key. Ask the person who runs it.";
}
