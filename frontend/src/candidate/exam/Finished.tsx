import type { Meeting } from "../../api/types";
import { now } from "../../ui/now";
import { Page } from "../../ui/Page";
import { duration } from "../../ui/time";
import { useFocusOnMount } from "../../ui/useFocusOnMount";
import type { Session } from "../session";
import styles from "./Finished.module.css";
import { History } from "./History";

interface Props {
  meeting: Meeting;
  session: Session;
  onReturn: () => void;
}

/** After the exam: the camera is off; a summary of what was recorded. */
export function Finished({ meeting, session, onReturn }: Props) {
  const heading = useFocusOnMount();
  const { judged, episodes } = session.record;

  return (
    <Page title={`Left · ${meeting.title}`}>
      <h1 ref={heading} tabIndex={-1}>
        You have left “<bdi>{meeting.title}</bdi>”
      </h1>
      <div className="card">
        <p>Your camera is off. You can close this tab.</p>
        {session.startedAt !== null && (
          <>
            <dl className={styles.figures}>
              <dt>Time</dt>
              <dd>{duration(now() - session.startedAt)}</dd>
              <dt>Pictures checked</dt>
              <dd>{judged}</dd>
              <dt>Messages</dt>
              <dd>{episodes.length + session.messages.length}</dd>
            </dl>
            <History judged={judged} episodes={episodes} messages={session.messages} />
          </>
        )}
        <button type="button" onClick={onReturn}>
          Join again
        </button>
      </div>
    </Page>
  );
}
