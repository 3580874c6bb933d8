import { useState } from "react";
import { leave } from "../api/gateway";
import type { Meeting } from "../api/types";
import { After } from "./After";
import { Before } from "./Before";
import { Seated } from "./Seated";
import { findSeat, forgetSeat, keepSeat, type Seat } from "./seat";
import "./candidate.css";

interface Props {
  meeting: Meeting;
  onInvigilate: () => void;
}

/** Before, during and after an exam. */
export function Candidate({ meeting, onInvigilate }: Props) {
  const [seat, setSeat] = useState(() => findSeat(meeting.id));
  const [left, setLeft] = useState<Seat | null>(null);

  function sit(next: Seat) {
    keepSeat(next);
    setSeat(next);
    setLeft(null);
  }

  function goAway(last: Seat) {
    forgetSeat(meeting.id);
    setSeat(null);
    setLeft(last);
    // The seat is given up here in any case; the meeting notices soon enough when it is not told.
    leave(meeting.id, last.token).catch(() => undefined);
  }

  if (left) return <After meeting={meeting} seat={left} onReturn={() => setLeft(null)} />;
  if (!seat) return <Before meeting={meeting} onJoined={sit} onInvigilate={onInvigilate} />;
  return <Seated meeting={meeting} seat={seat} onChange={sit} onLeave={goAway} />;
}
