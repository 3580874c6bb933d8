import { TextField } from "../ui/TextField";
import type { ExamInput } from "./examInput";

interface Props {
  input: ExamInput;
  /** What is wrong, by the API's names of the fields. */
  problems: ReadonlyMap<string, string>;
  onChange: (input: ExamInput) => void;
}

/** Where the exam is taken, and when it ends. */
export function ExamFields({ input, problems, onChange }: Props) {
  return (
    <>
      <TextField
        label="Link to the questions (optional)"
        inputMode="url"
        autoComplete="off"
        maxLength={2000}
        placeholder="https://…"
        value={input.examUrl}
        problem={problems.get("exam_url")}
        onChange={(examUrl) => onChange({ ...input, examUrl })}
      />
      <TextField
        label="Ends at, in your time zone (optional)"
        type="datetime-local"
        value={input.endsAt}
        problem={problems.get("ends_at")}
        onChange={(endsAt) => onChange({ ...input, endsAt })}
      />
    </>
  );
}
