import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { OwnMeeting } from "../meeting/adminKeys";
import { candidateLink, meetingPath } from "../meeting/links";
import { CopyField } from "../ui/CopyField";
import { Icon } from "../ui/Icon";
import { loadFile } from "../ui/loadFile";
import { dayAndTime } from "../ui/time";
import styles from "./MeetingCard.module.css";

// In a chunk that candidates do not load.
const QrCode = lazy(() => loadFile(() => import("./QrCode")));

interface Props {
  meeting: OwnMeeting;
  isNew: boolean;
  onForget: () => void;
}

/** The two links to an exam, clearly separated: one to share, one to keep private. */
export function MeetingCard({ meeting, isNew, onForget }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isNew) heading.current?.focus();
  }, [isNew]);

  return (
    <article className={`card ${styles.meeting}`}>
      <h3 ref={heading} tabIndex={-1} dir="auto">
        {meeting.title}
      </h3>
      <p className="quiet">{isNew ? "Your exam is ready." : `Created ${dayAndTime(meeting.createdAt)}`}</p>
      <div className={styles.links}>
        <section className={`${styles.link} ${styles.shared}`}>
          <h4>
            <Icon name="person" /> For your candidates
          </h4>
          <p>Share this link with everyone who takes the exam.</p>
          <CopyField label="Candidates' link" value={candidateLink(meeting.id)} />
          <LinkAsCode meeting={meeting} />
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
              On the other device, choose “Open an exam” on the home page, and paste the link and this key.
              Anyone who has the key can see every picture. The server keeps no copy: if you lose it, only the
              person who runs the server can give you a new one.
            </p>
            <CopyField label="Invigilator key" value={meeting.key} secret />
          </details>
          <Forget title={meeting.title} onForget={onForget} />
        </section>
      </div>
    </article>
  );
}

function LinkAsCode({ meeting }: { meeting: OwnMeeting }) {
  const [isShown, setIsShown] = useState(false);
  return (
    <details onToggle={(event) => setIsShown(event.currentTarget.open)}>
      <summary>Show as QR code</summary>
      {isShown && (
        <Suspense fallback={<p role="status">Loading…</p>}>
          <QrCode title={meeting.title} link={candidateLink(meeting.id)} />
        </Suspense>
      )}
    </details>
  );
}

function Forget({ title, onForget }: { title: string; onForget: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <details open={asked} onToggle={(event) => setAsked(event.currentTarget.open)}>
      <summary>Remove from this browser</summary>
      <p>
        Without the key nobody can see the flagged pictures of “<bdi>{title}</bdi>”. Have you saved it
        elsewhere?
      </p>
      <div className="actions">
        <button type="button" className="danger" onClick={onForget}>
          Remove the key
        </button>
        <button type="button" onClick={() => setAsked(false)}>
          Keep it
        </button>
      </div>
    </details>
  );
}
