import { useState } from "react";
import { forgetMeeting, keepMeeting, type OwnMeeting, ownMeetings } from "../meeting/adminKeys";
import { Page } from "../ui/Page";
import { MeetingCard } from "./MeetingCard";
import { NewMeeting } from "./NewMeeting";
import "./home.css";

/** Create a meeting, or return to one. */
export function Home() {
  const [meetings, setMeetings] = useState(ownMeetings);
  const [newest, setNewest] = useState<string | null>(null);

  function add(meeting: OwnMeeting) {
    keepMeeting(meeting);
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
      <p className="lead">
        Candidates show themselves to their webcam while they write. When a picture shows more than one
        person, they are told at once, you see it in a list, and you decide what it means.
      </p>
      <NewMeeting onCreated={add} />
      {meetings.length > 0 && (
        <section className="own-meetings" aria-labelledby="own-meetings">
          <h2 id="own-meetings">Your meetings in this browser</h2>
          <ul className="plain stack">
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
