import type { Meeting } from "../api/types";
import { now } from "../ui/now";
import { useCamera } from "./camera/useCamera";
import { PreCheck } from "./check/PreCheck";
import { Exam } from "./exam/Exam";
import { useLive } from "./exam/useLive";
import type { Seat } from "./seat";

interface Props {
  meeting: Meeting;
  seat: Seat;
  onChange: (seat: Seat) => void;
  onLeave: (seat: Seat) => void;
}

/** From the camera check to the end of the exam; the camera stays open between the two. */
export function ExamRoom({ meeting, seat, onChange, onLeave }: Props) {
  const started = seat.startedAt !== null;
  // After a reload in the middle of an exam: the candidate has already agreed.
  const use = useCamera(started ? seat.cameraId : null);
  const live = useLive(seat, use);

  if (started) {
    // A candidate who rejoins is a new participant and needs a new frame loop.
    const { participantId } = seat;
    return (
      <Exam
        key={participantId}
        meeting={meeting}
        seat={seat}
        use={use}
        live={live}
        onChange={onChange}
        onLeave={onLeave}
      />
    );
  }
  return (
    <PreCheck
      meeting={meeting}
      seat={seat}
      use={use}
      live={live}
      onStart={() => onChange({ ...seat, messages: live.messages, cameraId: use.cameraId, startedAt: now() })}
      onLeave={() => onLeave(seat)}
    />
  );
}
