import { Icon } from "../../ui/Icon";
import { serverOffset } from "../../ui/serverClock";
import styles from "./ExamClock.module.css";
import { endTime, timeAnnouncement, timeLeft } from "./timeLeft";

interface Props {
  endsAt: string;
  /** By the page's `now()`. */
  now: number;
}

/** The time left by the server's clock. */
export function ExamClock({ endsAt, now: pageTime }: Props) {
  const now = pageTime + serverOffset();
  const end = Date.parse(endsAt);
  const left = timeLeft(end - now);
  return (
    <div className={styles.clock}>
      <Icon name="clock" />
      <p>
        <strong>{left === null ? "The time is up" : `${left} left`}</strong>{" "}
        <span className="quiet">{`${left === null ? "ended" : "ends"} at ${endTime(end, now)}`}</span>
      </p>
      <p className="unseen" role="status">
        {timeAnnouncement(end - now)}
      </p>
    </div>
  );
}
