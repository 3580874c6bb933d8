import { useState } from "react";
import { leave } from "../api/gateway";
import type { Meeting } from "../api/types";
import { Consent } from "./consent/Consent";
import { ExamRoom } from "./ExamRoom";
import { Finished } from "./exam/Finished";
import { deleteSession, loadSession, type Session, saveSession } from "./session";

interface Props {
  meeting: Meeting;
  onInvigilate: () => void;
}

/** The candidate's page: consent, exam, and what follows it. */
export function Candidate({ meeting, onInvigilate }: Props) {
  const [session, setSession] = useState(() => loadSession(meeting.id));
  const [left, setLeft] = useState<Session | null>(null);

  function enter(next: Session) {
    saveSession(next);
    setSession(next);
    setLeft(null);
  }

  function leaveExam(last: Session) {
    deleteSession(meeting.id);
    setSession(null);
    setLeft(last);
    // The page leaves in any case; if this request is lost, the participant soon counts as offline.
    leave(meeting.id, last.token, true).catch(() => undefined);
  }

  if (left) return <Finished meeting={meeting} session={left} onReturn={() => setLeft(null)} />;
  if (!session) return <Consent meeting={meeting} onJoined={enter} onInvigilate={onInvigilate} />;
  return <ExamRoom meeting={meeting} session={session} onChange={enter} onLeave={leaveExam} />;
}
