import { useState } from "react";
import type { Meeting } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { Page } from "../../ui/Page";
import { duration, timeOfDay } from "../../ui/time";
import { useFocusOnMount } from "../../ui/useFocusOnMount";
import type { Seat } from "../session";
import { History } from "./History";
import styles from "./Left.module.css";
import type { LeaveReport } from "./useLeaveReport";

interface Props {
  meeting: Meeting;
  seat: Seat;
  report: LeaveReport;
  onReturn: () => void;
  onSomebodyElse: () => void;
}

/** After leaving, for now or for good: the camera is off; a summary of what was recorded. */
export function Left({ meeting, seat, report, onReturn, onSomebodyElse }: Props) {
  const heading = useFocusOnMount();
  const [asked, setAsked] = useState(false);
  const { session, savedAt, finishedAt } = seat;
  const { judged, episodes } = session.record;
  const isFinished = finishedAt !== null;

  return (
    <Page title={`${isFinished ? "Finished" : "Away"} · ${meeting.title}`}>
      <h1 ref={heading} tabIndex={-1}>
        <span>{isFinished ? "You have finished" : "You are away from"}</span> “<bdi>{meeting.title}</bdi>”
      </h1>
      <div className="card">
        <p>Your camera is off.</p>
        <p role="status">{describe(seat, report)}</p>
        {session.startedAt !== null && (
          <>
            <dl className={styles.figures}>
              <dt>Time</dt>
              <dd>{duration(savedAt - session.startedAt)}</dd>
              <dt>Pictures checked</dt>
              <dd>{judged}</dd>
            </dl>
            <History episodes={episodes} messages={session.messages} />
          </>
        )}
        <div className="actions">
          <button
            type="button"
            className={isFinished ? "" : "primary"}
            onClick={isFinished ? () => setAsked(true) : onReturn}
          >
            {isFinished ? "Reopen the exam…" : "Return to the exam"}
          </button>
          <button type="button" onClick={onSomebodyElse}>
            Remove my name from this browser
          </button>
        </div>
      </div>
      {asked && finishedAt !== null && (
        <Dialog labelledBy="reopen-title" onClose={() => setAsked(false)}>
          <h2 id="reopen-title">Reopen the exam?</h2>
          <p>{`You finished at ${timeOfDay(finishedAt)}. Your camera turns on again, and your invigilator sees that you are back.`}</p>
          <div className="actions">
            <button type="button" onClick={() => setAsked(false)}>
              Stay finished
            </button>
            <button type="button" className="primary" onClick={onReturn}>
              Reopen the exam
            </button>
          </div>
        </Dialog>
      )}
    </Page>
  );
}

function describe({ session, finishedAt }: Seat, report: LeaveReport): string {
  if (finishedAt !== null) return describeReport(report);
  if (session.startedAt === null) return "You have not started the exam yet.";
  return "The time until you return is recorded as missing, and your invigilator sees that you are away.";
}

function describeReport(report: LeaveReport): string {
  if (report === "sending") return "Telling your invigilator that you have finished. Keep this tab open.";
  if (report === "accepted") return "Your invigilator sees that you have finished. You can close this tab.";
  return `The server did not record that you have finished. ${report.refusal} Please tell your invigilator.`;
}
