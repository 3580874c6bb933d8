import { type FormEvent, useState } from "react";
import { isAdmin, readMeeting } from "../api/gateway";
import type { OwnMeeting } from "../meeting/adminKeys";
import { AS_INVIGILATOR, meetingIdIn, meetingPath } from "../meeting/links";
import { errorMessage } from "../ui/errorMessage";
import { Failure } from "../ui/Failure";
import { TextField } from "../ui/TextField";

interface Props {
  /** Return whether the browser stored it. */
  onOpened: (meeting: OwnMeeting) => boolean;
}

const NO_LINK = "Paste the whole link that the candidates got.";
const WRONG_KEY = "This key doesn't open this exam. Check that the link and the key belong together.";

/** Opens an exam that was created in another browser. */
export function OpenExam({ onOpened }: Props) {
  const [link, setLink] = useState("");
  const [key, setKey] = useState("");
  const [wrongLink, setWrongLink] = useState<string>();
  const [wrongKey, setWrongKey] = useState<string>();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function open(event: FormEvent) {
    event.preventDefault();
    setProblem("");
    const id = meetingIdIn(link);
    if (!id) {
      setWrongLink(NO_LINK);
      return;
    }
    setBusy(true);
    try {
      if (!(await isAdmin(id, key.trim()))) setWrongKey(WRONG_KEY);
      else await show(id);
    } catch (error) {
      setProblem(errorMessage(error));
    } finally {
      setBusy(false);
    }
  }

  async function show(id: string) {
    const { title, created_at } = await readMeeting(id, new AbortController().signal);
    const isStored = onOpened({ id, title, createdAt: created_at, key: key.trim() });
    // Without storage the key is lost with this page; the next one asks for it again.
    location.assign(meetingPath(id) + (isStored ? "" : AS_INVIGILATOR));
  }

  return (
    <form className="card" onSubmit={open}>
      <h2>Open an exam</h2>
      <p className="quiet">Created in another browser, or by a colleague? You need its link and its key.</p>
      <TextField
        label="Link of the exam"
        required
        autoComplete="off"
        spellCheck={false}
        value={link}
        problem={wrongLink}
        onChange={(value) => {
          setLink(value);
          setWrongLink(undefined);
        }}
      />
      <TextField
        label="Invigilator key"
        type="password"
        required
        autoComplete="off"
        spellCheck={false}
        value={key}
        problem={wrongKey}
        onChange={(value) => {
          setKey(value);
          setWrongKey(undefined);
        }}
      />
      {problem && <Failure message={problem} />}
      <button type="submit" disabled={busy}>
        {busy ? "Opening…" : "Open the exam"}
      </button>
    </form>
  );
}
