import { type FormEvent, useState } from "react";
import { ApiError } from "../../api/client";
import type { Meeting } from "../../api/types";
import { Checkbox } from "../../ui/Checkbox";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { OfficeContact } from "../../ui/OfficeContact";
import { Page } from "../../ui/Page";
import { TextField } from "../../ui/TextField";
import { InvigilatorButton } from "../InvigilatorButton";
import { Steps } from "../Steps";
import { type Session, startSession } from "../session";
import { Terms } from "./Terms";

interface Props {
  meeting: Meeting;
  onJoined: (session: Session) => void;
  onInvigilate: () => void;
}

/** What is recorded, the candidate's consent, and their name. */
export function Consent({ meeting, onJoined, onInvigilate }: Props) {
  const [name, setName] = useState("");
  const [wrongName, setWrongName] = useState<string>();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function enter(event: FormEvent) {
    event.preventDefault();
    setProblem("");
    if (!name.trim()) {
      setWrongName("Enter your name.");
      return;
    }
    setBusy(true);
    try {
      onJoined(await startSession(meeting.id, name.trim()));
    } catch (error) {
      const field = error instanceof ApiError ? error.fields.get("name") : undefined;
      setWrongName(field);
      if (!field) setProblem(errorMessage(error));
      setBusy(false);
    }
  }

  return (
    <Page title={meeting.title} aside={<InvigilatorButton onInvigilate={onInvigilate} />}>
      <h1>{meeting.title}</h1>
      <Steps now={0} />
      <form className="card" onSubmit={enter}>
        {meeting.closed && (
          <Failure message="This exam is closed to new people. Ask your invigilator to open it for you." />
        )}
        <Terms meeting={meeting} />
        <Checkbox required>
          <span>I agree that pictures are taken with my webcam and used as described here.</span>
        </Checkbox>
        <TextField
          label="Your name"
          required
          maxLength={200}
          autoComplete="name"
          value={name}
          problem={wrongName}
          onChange={(value) => {
            setName(value);
            setWrongName(undefined);
          }}
        />
        {problem && (
          <>
            <Failure message={problem} />
            <OfficeContact />
          </>
        )}
        <button type="submit" className="primary" disabled={busy}>
          {busy ? "Joining…" : "Continue to the camera check"}
        </button>
      </form>
    </Page>
  );
}
