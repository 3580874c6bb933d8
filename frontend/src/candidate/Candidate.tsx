import { useState } from "react";
import type { Meeting } from "../api/types";
import { Consent } from "./consent/Consent";
import { ExamRoom } from "./ExamRoom";
import { Left } from "./exam/Left";
import { useLeaveReport } from "./exam/useLeaveReport";
import { SeatQuestion } from "./SeatQuestion";
import {
  forgetSeat,
  leaveSeat,
  loadSeat,
  loadSession,
  type Seat,
  type Session,
  saveSession,
} from "./session";

interface Props {
  meeting: Meeting;
  onInvigilate: () => void;
}

/** The candidate's page: consent, exam, and what follows it. */
export function Candidate({ meeting, onInvigilate }: Props) {
  const [session, setSession] = useState(() => loadSession(meeting.id));
  /** From an earlier tab of this browser. */
  const [offered, setOffered] = useState(() => loadSeat(meeting.id));
  const [left, setLeft] = useState<Seat | null>(null);
  const leaveReport = useLeaveReport();

  function enter(next: Session) {
    saveSession(next);
    setSession(next);
    setOffered(null);
    setLeft(null);
  }

  function leaveExam(last: Session, finished: boolean) {
    setSession(null);
    setLeft(leaveSeat(last, finished ? Date.now() : null));
    // The page leaves in any case; without this request the participant soon counts as offline.
    void leaveReport.send(last, finished);
  }

  function returnTo({ session: last }: Seat) {
    leaveReport.cancel();
    enter(last);
  }

  function startAnew() {
    forgetSeat(meeting.id);
    setOffered(null);
    setLeft(null);
  }

  if (left)
    return (
      <Left
        meeting={meeting}
        seat={left}
        report={leaveReport.report}
        onReturn={() => returnTo(left)}
        onSomebodyElse={startAnew}
      />
    );
  if (session) return <ExamRoom meeting={meeting} session={session} onChange={enter} onLeave={leaveExam} />;
  if (offered)
    return (
      <SeatQuestion
        meeting={meeting}
        seat={offered}
        onContinue={() => enter(offered.session)}
        onSomebodyElse={startAnew}
        onInvigilate={onInvigilate}
      />
    );
  return <Consent meeting={meeting} onJoined={enter} onInvigilate={onInvigilate} />;
}
