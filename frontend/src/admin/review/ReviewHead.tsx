import { Link } from "wouter";
import type { Inbox, Meeting } from "../../api/types";
import { AlertsMenu } from "../alerts/AlertsMenu";
import type { StaffAlerts } from "../alerts/useAlerts";
import styles from "./ReviewHead.module.css";

interface Props {
  meeting: Meeting;
  inbox: Inbox | undefined;
  alerts: StaffAlerts;
  reviewer: string;
  onReviewer: (name: string) => void;
  onHelp: () => void;
}

/** The way back to the meeting, how far the review is, and who reviews. */
export function ReviewHead({ meeting, inbox, alerts, reviewer, onReviewer, onHelp }: Props) {
  const reviewed = inbox ? inbox.confirmed + inbox.dismissed : 0;
  const total = reviewed + (inbox?.open ?? 0);
  return (
    <>
      <p>
        <Link href="/">{meeting.title}</Link>
      </p>
      <div className={styles.head}>
        <h1>Review</h1>
        {inbox && total > 0 && (
          <div className={styles.progress}>
            <progress aria-label="Reviewed" max={total} value={reviewed} />
            <span>{`${reviewed} of ${total} reviewed`}</span>
          </div>
        )}
        <label className={styles.reviewer}>
          Your name
          <input
            autoComplete="name"
            maxLength={200}
            placeholder="Shown to other reviewers"
            value={reviewer}
            onChange={({ target }) => onReviewer(target.value)}
          />
        </label>
        <AlertsMenu {...alerts} />
        <button type="button" onClick={onHelp}>
          Keys <kbd>?</kbd>
        </button>
      </div>
    </>
  );
}
