import { useState } from "react";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { OfficeContact } from "../../ui/OfficeContact";
import { type Session, startSession } from "../session";
import styles from "./ConcernBanner.module.css";

interface Props {
  session: Session;
  onChange: (session: Session) => void;
}

/** For a token that has expired (after a day), of somebody who was erased, or that a reinstalled server does not know. */
export function Rejoin({ session, onChange }: Props) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function rejoin() {
    setProblem("");
    setBusy(true);
    try {
      const { participantId, token } = await startSession(session.meetingId, session.name);
      onChange({ ...session, participantId, token });
    } catch (error) {
      setProblem(errorMessage(error));
      setBusy(false);
    }
  }

  return (
    <div className={styles.concern} role="alert">
      <div>
        <h2>Your access to this exam has ended</h2>
        <p>
          You are not being checked now. Access lasts a day, and ends early if the exam office erases your
          data. To go on with the exam, join again under the same name.
        </p>
        {problem && <Failure message={problem} />}
        <OfficeContact />
        <button type="button" className="primary" disabled={busy} onClick={rejoin}>
          {busy ? "Joining…" : "Join again"}
        </button>
      </div>
    </div>
  );
}
