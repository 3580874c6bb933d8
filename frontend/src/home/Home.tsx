import { useState } from "react";
import { forgetMeeting, keepMeeting, type OwnMeeting, ownMeetings } from "../meeting/adminKeys";
import { Failure } from "../ui/Failure";
import { Page } from "../ui/Page";
import styles from "./Home.module.css";
import { MeetingCard } from "./MeetingCard";
import { NewMeeting } from "./NewMeeting";

/** Create a meeting, or return to one. */
export function Home() {
  const [meetings, setMeetings] = useState(ownMeetings);
  // Whether the browser keeps the newest meeting's key after the page is closed.
  const [isKept, setIsKept] = useState(true);
  const [newest, setNewest] = useState<string | null>(null);

  function add(meeting: OwnMeeting) {
    setIsKept(keepMeeting(meeting));
    setMeetings(ownMeetings());
    setNewest(meeting.id);
  }

  function forget(meetingId: string) {
    forgetMeeting(meetingId);
    setMeetings(ownMeetings());
  }

  return (
    <Page title="Proctor">
      <h1>Watch over an exam</h1>
      <p className={styles.lead}>
        Candidates keep their webcam on while they take the exam. When a picture shows more than one person,
        they are told at once, you see it in a list, and you decide what it means.
      </p>
      <NewMeeting onCreated={add} />
      {meetings.length > 0 && (
        <section className={styles.meetings} aria-labelledby="own-meetings">
          <h2 id="own-meetings">Your meetings in this browser</h2>
          {!isKept && (
            <Failure message="This browser does not let the page store anything. Copy the invigilator key now, under “Use another device”: it is lost when this page is closed." />
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
