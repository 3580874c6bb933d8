import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { now } from "../../ui/now";
import { ExamClock } from "../exam/ExamClock";
import { StatusLine } from "../exam/StatusLine";
import type { Status } from "../exam/status";
import type { Notice } from "./notices";
import styles from "./SmallStatus.module.css";

interface Props {
  target: Window;
  status: Status;
  notices: readonly Notice[];
  endsAt: string | null;
  onAcknowledge: (id: string) => void;
}

const TICK_MS = 1_000;

/** The exam's status in the small window. */
export function SmallStatus({ target, status, notices, endsAt, onAcknowledge }: Props) {
  const at = useTimeIn(target);
  return createPortal(
    <main className={styles.small}>
      <h1 className="unseen">Exam</h1>
      <StatusLine status={status} now={at} />
      {endsAt && <ExamClock endsAt={endsAt} now={at} />}
      {notices.map(({ id, title, text, isMessage }) => (
        <section key={id} className={styles.notice} data-kind={isMessage ? "message" : "warning"}>
          <h2>{title}</h2>
          <p dir="auto">{text}</p>
          {isMessage && (
            <button type="button" onClick={() => onAcknowledge(id)}>
              I have read it
            </button>
          )}
        </section>
      ))}
    </main>,
    target.document.body,
  );
}

/** `now()`, by the timers of that window: those of a tab in the background tick once a minute. */
function useTimeIn(target: Window): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = target.setInterval(() => setAt(now()), TICK_MS);
    return () => target.clearInterval(timer);
  }, [target]);
  return at;
}
