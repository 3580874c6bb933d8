import { useRef } from "react";
import { Icon } from "../../ui/Icon";
import { timeOfDay } from "../../ui/time";
import styles from "./Invigilators.module.css";
import type { Live } from "./useLive";

/** Whether invigilators are watching live, and their unread messages. */
export function Invigilators({ live }: { live: Live }) {
  const container = useRef<HTMLDivElement>(null);
  const unread = live.messages.filter(({ acknowledged }) => !acknowledged);
  function acknowledge(id: string) {
    live.acknowledge(id);
    // The button that had the focus is gone.
    container.current?.focus();
  }

  return (
    <>
      <div role="status">{live.viewers > 0 && <Watched viewers={live.viewers} />}</div>
      {/* Always rendered: screen readers announce only changes inside an existing live region. */}
      <div role="alert" ref={container} tabIndex={-1} className={styles.notices}>
        {unread.map(({ id, text, sentAt }) => (
          <section key={id} className={styles.notice}>
            <Icon name="message" />
            <div>
              <h2>Message from your invigilator</h2>
              <p dir="auto">{text}</p>
              <p className="quiet">{timeOfDay(sentAt)}</p>
            </div>
            <button type="button" onClick={() => acknowledge(id)}>
              I have read it
            </button>
          </section>
        ))}
        {live.state === "replaced" && (
          <section className={styles.notice}>
            <Icon name="info" />
            <p>
              The exam is open in another window as well. Messages from your invigilator appear there. Close
              one of the two.
            </p>
            <button type="button" onClick={live.takeOver}>
              Use this window
            </button>
          </section>
        )}
      </div>
    </>
  );
}

function Watched({ viewers }: { viewers: number }) {
  return (
    <p className={styles.watched}>
      <Icon name="eye" />
      <span>
        {viewers === 1 ? "An invigilator is watching live" : `${viewers} invigilators are watching live`}
      </span>
    </p>
  );
}
