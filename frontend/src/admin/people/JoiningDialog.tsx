import { useEffect, useState } from "react";
import { readMeeting, setClosed } from "../../api/gateway";
import type { Meeting } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { useAsking } from "../../ui/useAsking";
import { EraseMany } from "./EraseMany";
import styles from "./JoiningDialog.module.css";
import type { LivePeople } from "./usePeople";

interface Props {
  meetingId: string;
  adminKey: string;
  live: LivePeople;
  onClose: () => void;
}

/** Open or close the meeting to new people, and erase several people at once. */
export function JoiningDialog({ meetingId, adminKey, live, onClose }: Props) {
  const [meeting, setMeeting] = useState<Meeting | null>(null);
  const [loadError, setLoadError] = useState("");
  const { busy, problem, ask } = useAsking();

  // Read afresh: another invigilator may have closed it.
  useEffect(() => {
    const controller = new AbortController();
    readMeeting(meetingId, controller.signal).then(setMeeting, (error: unknown) => {
      if (!controller.signal.aborted) setLoadError(errorMessage(error));
    });
    return () => controller.abort();
  }, [meetingId]);

  async function change(closed: boolean) {
    await setClosed(meetingId, adminKey, closed);
    setMeeting((before) => before && { ...before, closed });
  }

  return (
    <Dialog labelledBy="joining-title" wide className={styles.dialog} onClose={onClose}>
      <DialogHead onClose={onClose}>
        <h2 id="joining-title">Who may join</h2>
      </DialogHead>
      {loadError && <Failure message={`${loadError} Then close this and open it again.`} />}
      {meeting && (
        <>
          <p role="status">{meeting.closed ? CLOSED : OPEN}</p>
          <div className="actions">
            <button type="button" aria-disabled={busy} onClick={() => ask(() => change(!meeting.closed))}>
              {meeting.closed ? "Open to new people" : "Close to new people"}
            </button>
            <p className="quiet">
              {`${live.people?.people.length ?? 0} of at most ${meeting.capacity} people have joined.`}
            </p>
          </div>
          {problem && <Failure message={problem} />}
        </>
      )}
      <EraseMany live={live} />
    </Dialog>
  );
}

const OPEN = "Open: anyone with the candidates' link may join.";
const CLOSED = "Closed: nobody new may join. People who have joined continue, and may come back.";
