import { useState } from "react";
import { leave } from "../api/gateway";
import type { Meeting } from "../api/types";
import { Consent } from "./consent/Consent";
import { ExamRoom } from "./ExamRoom";
import { Finished } from "./exam/Finished";
import { findSeat, forgetSeat, keepSeat, type Seat } from "./seat";

interface Props {
  meeting: Meeting;
  onInvigilate: () => void;
}

/** The candidate's page: consent, exam, and what follows it. */
export function Candidate({ meeting, onInvigilate }: Props) {
  const [seat, setSeat] = useState(() => findSeat(meeting.id));
  const [left, setLeft] = useState<Seat | null>(null);

  function enter(next: Seat) {
    keepSeat(next);
    setSeat(next);
    setLeft(null);
  }

  function leaveExam(last: Seat) {
    forgetSeat(meeting.id);
    setSeat(null);
    setLeft(last);
    // The page leaves in any case; if this request is lost, the participant soon counts as offline.
    leave(meeting.id, last.token).catch(() => undefined);
  }

  if (left) return <Finished meeting={meeting} seat={left} onReturn={() => setLeft(null)} />;
  if (!seat) return <Consent meeting={meeting} onJoined={enter} onInvigilate={onInvigilate} />;
  return <ExamRoom meeting={meeting} seat={seat} onChange={enter} onLeave={leaveExam} />;
}
