import { useQuery, useQueryClient } from "@tanstack/react-query";
import { readMeeting, setClosed } from "../../api/gateway";
import type { Meeting } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { useAction } from "../useAction";
import { EraseMany } from "./EraseMany";
import { ExamForm } from "./ExamForm";
import styles from "./JoiningDialog.module.css";
import type { LivePeople } from "./usePeople";

interface Props {
  meetingId: string;
  adminKey: string;
  live: LivePeople;
  onClose: () => void;
}

const KEY = ["meeting"];

/** Who may join, the exam's link and end, and erasing several people at once. */
export function JoiningDialog({ meetingId, adminKey, live, onClose }: Props) {
  const client = useQueryClient();
  // Read afresh: another invigilator may have closed it.
  const { data: meeting, error } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => readMeeting(meetingId, signal),
  });
  const { busy, problem, run } = useAction(async () => {
    const closed = !meeting?.closed;
    await setClosed(meetingId, adminKey, closed);
    client.setQueryData<Meeting>(KEY, (before) => before && { ...before, closed });
  });

  return (
    <Dialog labelledBy="joining-title" wide className={styles.dialog} onClose={onClose}>
      <DialogHead onClose={onClose}>
        <h2 id="joining-title">Exam</h2>
      </DialogHead>
      {error && <Failure message={`${errorMessage(error)} Then close this and open it again.`} />}
      {!meeting && !error && <p role="status">Loading…</p>}
      {meeting && (
        <>
          <h3>Who may join</h3>
          <p role="status">{meeting.closed ? CLOSED : OPEN}</p>
          <div className="actions">
            <button type="button" aria-disabled={busy} onClick={run}>
              {meeting.closed ? "Open to new people" : "Close to new people"}
            </button>
            <p className="quiet">
              {`${live.people?.people.length ?? 0} of at most ${meeting.capacity} people have joined.`}
            </p>
          </div>
          {problem && <Failure message={problem} />}
          <ExamForm
            meeting={meeting}
            adminKey={adminKey}
            onChanged={(exam) =>
              client.setQueryData<Meeting>(KEY, (before) => before && { ...before, ...exam })
            }
          />
        </>
      )}
      <EraseMany live={live} />
    </Dialog>
  );
}

const OPEN = "Open: anyone with the candidates' link may join.";
const CLOSED = "Closed: nobody new may join. People who have joined continue, and may come back.";
