import { useLayoutEffect, useMemo, useState } from "react";
import type { Meeting } from "../../api/types";
import { Icon } from "../../ui/Icon";
import { Page } from "../../ui/Page";
import { useFocusOnMount } from "../../ui/useFocusOnMount";
import { useNow } from "../../ui/useNow";
import { Elsewhere } from "../away/Elsewhere";
import { CameraChoice } from "../camera/CameraChoice";
import { CameraHelp } from "../camera/CameraHelp";
import { NoPreview, Preview } from "../camera/Preview";
import { type CameraUse, cameraState } from "../camera/useCamera";
import { type Session, saveSession } from "../session";
import { CandidateMeeting } from "./CandidateMeeting";
import { ConcernBanner } from "./ConcernBanner";
import styles from "./Exam.module.css";
import { ExamClock } from "./ExamClock";
import { History } from "./History";
import { Invigilators } from "./Invigilators";
import { LeaveDialog, type Leaving } from "./LeaveDialog";
import { Rejoin } from "./Rejoin";
import { StatusLine } from "./StatusLine";
import { statusOf, type Tone } from "./status";
import { useFrameLoop } from "./useFrameLoop";
import { useInterruptions } from "./useInterruptions";
import type { Live } from "./useLive";

interface Props {
  meeting: Meeting;
  session: Session;
  use: CameraUse;
  live: Live;
  onChange: (session: Session) => void;
  onLeave: (session: Session, finished: boolean) => void;
}

const TAB_MARKS: Record<Tone, string> = { good: "✓", warning: "⚠", neutral: "·", trouble: "✕", waiting: "…" };

/** The exam page: quiet unless something is wrong. */
export function Exam({ meeting, session, use, live, onChange, onLeave }: Props) {
  const state = useFrameLoop(session, use.current, live.receive, false);
  useInterruptions(session, state);
  const heading = useFocusOnMount();
  const now = useNow();
  const camera = cameraState(use);
  const status = statusOf(state, camera, meeting.frame_interval_ms, now);
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const { judged, episodes } = state;
  const { messages } = live;
  const { cameraId } = use;
  const latest = useMemo(
    () => ({ ...session, cameraId, record: { judged, episodes }, messages }),
    [session, cameraId, judged, episodes, messages],
  );
  const hasUnread = messages.some(({ acknowledged }) => !acknowledged);

  // In a layout effect, before paint: what the candidate has read must survive a reload at that moment.
  useLayoutEffect(() => saveSession(latest), [latest]);

  return (
    <Page title={`${hasUnread ? "✉ " : ""}${TAB_MARKS[status.tone]} ${meeting.title}`}>
      <h1 ref={heading} tabIndex={-1}>
        {meeting.title}
      </h1>
      <Invigilators live={live} />
      {meeting.video.provider !== "none" && (
        <CandidateMeeting session={session} use={use} concern={status.concern} />
      )}
      <div className={styles.exam}>
        <div className={styles.camera}>
          {use.camera && use.isOn ? <Preview camera={use.camera} /> : <NoPreview />}
          <CameraChoice use={use} />
        </div>
        <div className={styles.text}>
          <StatusLine status={status} now={now} icon={camera === "off" ? "cameraOff" : undefined} />
          {/* The line above counts seconds; screen readers announce only its meaning. */}
          <p className="unseen" role="status">
            {status.text}
          </p>
          <ConcernBanner kind={status.concern} />
          {state.condition === "expired" && <Rejoin session={latest} onChange={onChange} />}
          {camera === "off" && <CameraHelp problem={use.problem ?? "stopped"} onRetry={use.reopen} />}
          {state.condition !== "expired" && (
            <p>
              You can start your exam now, <bdi>{session.name}</bdi>. Keep this tab open; it keeps working
              behind other tabs.
            </p>
          )}
          {meeting.ends_at && <ExamClock endsAt={meeting.ends_at} now={now} />}
          {meeting.exam_url && (
            <a className="button primary" href={meeting.exam_url} target="_blank" rel="noopener noreferrer">
              Open the exam
            </a>
          )}
          <Elsewhere
            meetingId={meeting.id}
            endsAt={meeting.ends_at}
            status={status}
            messages={messages}
            onAcknowledge={live.acknowledge}
          />
          <History episodes={episodes} messages={messages} />
          <div className="actions">
            <button type="button" onClick={() => setLeaving("finish")}>
              <Icon name="check" /> Finish exam
            </button>
            <button type="button" onClick={() => setLeaving("pause")}>
              <Icon name="leave" /> Leave for now
            </button>
          </div>
        </div>
      </div>
      {leaving && (
        <LeaveDialog
          leaving={leaving}
          onStay={() => setLeaving(null)}
          onLeave={() => onLeave(latest, leaving === "finish")}
        />
      )}
    </Page>
  );
}
