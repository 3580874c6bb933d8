import type { Meeting } from "../api/types";
import { now } from "../ui/now";
import { useCamera } from "./camera/useCamera";
import { PreCheck } from "./check/PreCheck";
import { Exam } from "./exam/Exam";
import { useLive } from "./exam/useLive";
import type { Session } from "./session";
import { useFreshMeeting } from "./useFreshMeeting";

interface Props {
  meeting: Meeting;
  session: Session;
  onChange: (session: Session) => void;
  onLeave: (session: Session, finished: boolean) => void;
}

/** From the camera check to the end of the exam; the camera stays open between the two. */
export function ExamRoom({ session, onChange, onLeave, ...props }: Props) {
  const meeting = useFreshMeeting(props.meeting);
  const started = session.startedAt !== null;
  // After a reload in the middle of an exam: the candidate has already agreed.
  const use = useCamera(started ? session.cameraId : null);
  const live = useLive(session, use);

  if (started) {
    // A candidate who rejoins is a new participant and needs a new frame loop.
    const { participantId } = session;
    return (
      <Exam
        key={participantId}
        meeting={meeting}
        session={session}
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
      session={session}
      use={use}
      live={live}
      onChange={onChange}
      onStart={() =>
        onChange({ ...session, messages: live.messages, cameraId: use.cameraId, startedAt: now() })
      }
      onLeave={() => onLeave(session, false)}
    />
  );
}
