import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { createMeeting } from "../api/gateway";
import type { OwnMeeting } from "../meeting/adminKeys";
import { ExamFields } from "../meeting/ExamFields";
import { NO_EXAM, toSettings } from "../meeting/examInput";
import { errorMessage } from "../ui/errorMessage";
import { Failure } from "../ui/Failure";
import { TextField } from "../ui/TextField";

export function NewMeeting({ onCreated }: { onCreated: (meeting: OwnMeeting) => void }) {
  const [title, setTitle] = useState("");
  const [operatorKey, setOperatorKey] = useState("");
  const [needsOperator, setNeedsOperator] = useState(false);
  const [wrong, setWrong] = useState<ReadonlyMap<string, string>>(new Map());
  const [exam, setExam] = useState(NO_EXAM);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function create(event: FormEvent) {
    event.preventDefault();
    setProblem("");
    if (!title.trim()) {
      setWrong(new Map([["title", "Enter a title."]]));
      return;
    }
    setBusy(true);
    try {
      const meeting = { title: title.trim(), ...toSettings(exam) };
      const { data, admin_id } = await createMeeting(meeting, operatorKey.trim());
      setTitle("");
      setExam(NO_EXAM);
      onCreated({ id: data.id, title: data.title, createdAt: data.created_at, key: admin_id });
    } catch (error) {
      const refused = error instanceof ApiError && error.isRefusedAccess;
      const fields = error instanceof ApiError ? error.fields : new Map<string, string>();
      setNeedsOperator(needsOperator || refused);
      setWrong(fields);
      if (fields.size === 0) setProblem(refused ? askForKey(operatorKey) : errorMessage(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="card" onSubmit={create}>
      <h2>New exam</h2>
      <TextField
        label="Title"
        required
        maxLength={200}
        placeholder="for example: Algebra I, final exam"
        value={title}
        problem={wrong.get("title")}
        onChange={(value) => {
          setTitle(value);
          setWrong(new Map());
        }}
      />
      <ExamFields
        input={exam}
        problems={wrong}
        onChange={(next) => {
          setExam(next);
          setWrong(new Map());
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
        {busy ? "Creating…" : "Create exam"}
      </button>
    </form>
  );
}

function askForKey(given: string): string {
  if (given) return "This isn't the operator key of this server.";
  return "This server asks for the operator key to create an exam. Ask the person who runs it.";
}
