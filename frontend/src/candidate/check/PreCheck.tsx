import type { Meeting } from "../../api/types";
import { Icon } from "../../ui/Icon";
import { Page } from "../../ui/Page";
import { useFocusOnMount } from "../../ui/useFocusOnMount";
import { CameraChoice } from "../camera/CameraChoice";
import { CameraHelp } from "../camera/CameraHelp";
import { Preview } from "../camera/Preview";
import type { CameraUse } from "../camera/useCamera";
import { Invigilators } from "../exam/Invigilators";
import type { Live } from "../exam/useLive";
import { Steps } from "../Steps";
import type { Session } from "../session";
import { CheckResult } from "./CheckResult";
import styles from "./PreCheck.module.css";

interface Props {
  meeting: Meeting;
  session: Session;
  use: CameraUse;
  live: Live;
  onChange: (session: Session) => void;
  onStart: () => void;
  onLeave: () => void;
}

/** Check camera, light and distance before the exam starts. */
export function PreCheck({ meeting, session, use, live, onChange, onStart, onLeave }: Props) {
  const { camera, isOn, opening, problem, reopen } = use;
  const heading = useFocusOnMount();
  return (
    <Page
      title={`Camera check · ${meeting.title}`}
      aside={
        <button type="button" onClick={onLeave}>
          Leave for now
        </button>
      }
    >
      <h1 ref={heading} tabIndex={-1}>
        {meeting.title}
      </h1>
      <Steps now={1} />
      <Invigilators live={live} />
      <section className="card">
        <h2>Camera check</h2>
        <p>Nothing from this check is saved or held against you.</p>
        {camera ? (
          <div className={styles.check}>
            <div className={styles.camera}>
              <Preview camera={camera} />
              <CameraChoice use={use} />
            </div>
            {isOn ? (
              <CheckResult
                key={session.participantId}
                meeting={meeting}
                session={session}
                use={use}
                live={live}
                onChange={onChange}
                onStart={onStart}
              />
            ) : (
              <CameraHelp problem="stopped" onRetry={reopen} />
            )}
          </div>
        ) : (
          <>
            {problem && <CameraHelp problem={problem} onRetry={reopen} />}
            {!problem && (
              <button type="button" className="primary" disabled={opening} onClick={reopen}>
                <Icon name="camera" />{" "}
                <span>{opening ? "Waiting for the camera…" : "Turn on my camera"}</span>
              </button>
            )}
            {opening && <p className="quiet">Your browser may ask for permission: please allow it.</p>}
          </>
        )}
      </section>
    </Page>
  );
}
