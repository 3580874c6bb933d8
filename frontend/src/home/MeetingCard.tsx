import { useEffect, useRef, useState } from "react";
import type { OwnMeeting } from "../meeting/adminKeys";
import { candidateLink, meetingPath } from "../meeting/links";
import { CopyField } from "../ui/CopyField";
import { Icon } from "../ui/Icon";
import { dayAndTime } from "../ui/time";
import styles from "./MeetingCard.module.css";

interface Props {
  meeting: OwnMeeting;
  isNew: boolean;
  onForget: () => void;
}

/** The two links to a meeting, clearly separated: one to share, one to keep private. */
export function MeetingCard({ meeting, isNew, onForget }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isNew) heading.current?.focus();
  }, [isNew]);

  return (
    <article className={`card ${styles.meeting}`}>
      <h3 ref={heading} tabIndex={-1}>
        {meeting.title}
      </h3>
      <p className="quiet">{isNew ? "Your meeting is ready." : `Created ${dayAndTime(meeting.createdAt)}`}</p>
      <div className={styles.links}>
        <section className={`${styles.link} ${styles.shared}`}>
          <h4>
            <Icon name="person" /> For your candidates
          </h4>
          <p>Share this link with everyone who takes the exam.</p>
          <CopyField label="Candidates' link" value={candidateLink(meeting.id)} />
        </section>
        <section className={`${styles.link} ${styles.own}`}>
          <h4>
            <Icon name="key" /> For you alone
          </h4>
          <p>Watch, review and decide. Works in this browser, which holds the key.</p>
          <a className="button primary" href={meetingPath(meeting.id)}>
            Open as invigilator
          </a>
          <details>
            <summary>Use another device</summary>
            <p>
              Open the candidates' link there, choose “I am the invigilator” and paste this key. Anyone who
              has it can see every picture. The server keeps no copy: if you lose it, nobody can restore it.
            </p>
            <CopyField label="Invigilator key" value={meeting.key} secret />
          </details>
          <Forget title={meeting.title} onForget={onForget} />
        </section>
      </div>
    </article>
  );
}

function Forget({ title, onForget }: { title: string; onForget: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <details open={asked} onToggle={(event) => setAsked(event.currentTarget.open)}>
      <summary>Forget it in this browser</summary>
      <p>
        Without the key nobody can see the flagged pictures of “<bdi>{title}</bdi>”. Have you saved it
        elsewhere?
      </p>
      <div className="actions">
        <button type="button" className="danger" onClick={onForget}>
          Forget the key
        </button>
        <button type="button" onClick={() => setAsked(false)}>
          Keep it
        </button>
      </div>
    </details>
  );
}
