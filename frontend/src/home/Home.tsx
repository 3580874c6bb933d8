import { useState } from "react";
import { forgetMeeting, keepMeeting, type OwnMeeting, ownMeetings } from "../meeting/adminKeys";
import { Failure } from "../ui/Failure";
import { Page } from "../ui/Page";
import styles from "./Home.module.css";
import { MeetingCard } from "./MeetingCard";
import { NewMeeting } from "./NewMeeting";
import { OpenExam } from "./OpenExam";

/** Create an exam, or open one. */
export function Home() {
  const [meetings, setMeetings] = useState(ownMeetings);
  // Whether the browser keeps the newest exam's key after the page is closed.
  const [isKept, setIsKept] = useState(true);
  const [newest, setNewest] = useState<string | null>(null);

  function add(meeting: OwnMeeting) {
    setIsKept(keepMeeting(meeting));
    setMeetings(ownMeetings());
    setNewest(meeting.id);
  }

  function open(meeting: OwnMeeting): boolean {
    const isStored = keepMeeting(meeting);
    setMeetings(ownMeetings());
    return isStored;
  }

  function forget(meetingId: string) {
    forgetMeeting(meetingId);
    setMeetings(ownMeetings());
  }

  return (
    <Page title="Proctor">
      <h1>Watch over an exam</h1>
      <p className={styles.lead}>
        Candidates keep their webcam on during the exam. If a picture shows more than one person, they are
        told at once, and you see it in a list. A flag is a reason to look. You decide.
      </p>
      <div className={styles.forms}>
        <NewMeeting onCreated={add} />
        <OpenExam onOpened={open} />
      </div>
      {meetings.length > 0 && (
        <section className={styles.meetings} aria-labelledby="own-meetings">
          <h2 id="own-meetings">Your exams in this browser</h2>
          {!isKept && (
            <Failure message="This browser doesn't let the page store anything. Copy the invigilator key now, under “Use another device”: it is lost when you close this page." />
          )}
          <ul className={`plain ${styles.list}`}>
            {meetings.map((meeting) => (
              <li key={meeting.id}>
                <MeetingCard
                  meeting={meeting}
                  isNew={meeting.id === newest}
                  onForget={() => forget(meeting.id)}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}
