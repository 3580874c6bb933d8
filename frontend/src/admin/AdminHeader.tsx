import { useState } from "react";
import { Link } from "wouter";
import { exportFlags } from "../api/gateway";
import type { Inbox, Meeting } from "../api/types";
import { AS_CANDIDATE, candidateLink, REVIEW_PATH } from "../meeting/links";
import { CopyField } from "../ui/CopyField";
import { Count } from "../ui/Count";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { saveFile } from "../ui/saveFile";
import styles from "./AdminHeader.module.css";
import { AlertsMenu } from "./alerts/AlertsMenu";
import type { StaffAlerts } from "./alerts/useAlerts";
import { LeaveDialog } from "./LeaveDialog";
import { NotesButton } from "./notes/NotesButton";
import { JoiningDialog } from "./people/JoiningDialog";
import type { LivePeople } from "./people/usePeople";
import { QueueHealth } from "./QueueHealth";
import { RulesDialog } from "./rules/RulesDialog";
import { useAction } from "./useAction";

interface Props {
  meeting: Meeting;
  adminKey: string;
  live: LivePeople;
  inbox: Inbox | undefined;
  alerts: StaffAlerts;
  onMessages: () => void;
  onForget: () => void;
}

/** The meeting's title, when a picture was last checked, and actions on the whole meeting. */
export function AdminHeader({ meeting, adminKey, live, inbox, alerts, onMessages, onForget }: Props) {
  const [showsRules, setShowsRules] = useState(false);
  const [showsJoining, setShowsJoining] = useState(false);
  const [leaving, setLeaving] = useState(false);
  // On a narrow screen, where the people would be below all the buttons.
  const [showsAll, setShowsAll] = useState(false);
  const { run: save, problem } = useAction(async () =>
    saveFile(await exportFlags(meeting.id, adminKey), `${meeting.title} flags.csv`),
  );

  return (
    <div className={styles.header}>
      <div className={styles.title}>
        <h1>{meeting.title}</h1>
        <QueueHealth live={live} intervalMs={meeting.frame_interval_ms} />
      </div>
      <div className={`actions ${styles.actions}`} data-all={showsAll}>
        <Link className="button" href={REVIEW_PATH}>
          Review <Count value={inbox?.open ?? 0} />
        </Link>
        <button type="button" onClick={onMessages}>
          <Icon name="message" /> Messages
        </button>
        <button
          type="button"
          className={styles.more}
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? "Less" : "More"}
        </button>
        <NotesButton meetingId={meeting.id} adminKey={adminKey} />
        <AlertsMenu {...alerts} />
        <Menu label="Invite">
          <CopyField label="Candidates' link" value={candidateLink(meeting.id)} />
          <CopyField label="Invigilator key, for another invigilator" value={adminKey} secret />
          <p>
            <a href={AS_CANDIDATE} target="_blank" rel="noopener">
              See the candidates' page
            </a>
          </p>
        </Menu>
        <button type="button" onClick={() => setShowsJoining(true)}>
          Exam
        </button>
        <button type="button" onClick={() => setShowsRules(true)}>
          Rules
        </button>
        <button type="button" onClick={save}>
          Export CSV
        </button>
        <button type="button" onClick={() => setLeaving(true)}>
          Leave
        </button>
      </div>
      {problem && <Failure message={problem} onRetry={save} />}
      {showsRules && (
        <RulesDialog meetingId={meeting.id} adminKey={adminKey} onClose={() => setShowsRules(false)} />
      )}
      {showsJoining && (
        <JoiningDialog
          meetingId={meeting.id}
          adminKey={adminKey}
          live={live}
          onClose={() => setShowsJoining(false)}
        />
      )}
      {leaving && <LeaveDialog adminKey={adminKey} onStay={() => setLeaving(false)} onForget={onForget} />}
    </div>
  );
}
