import { type FormEvent, useState } from "react";
import { join } from "../api/gateway";
import type { Meeting } from "../api/types";
import { Failure } from "../ui/Failure";
import { messageOf } from "../ui/message";
import { Page } from "../ui/Page";
import { Steps } from "./Steps";
import type { Seat } from "./seat";
import { Terms } from "./Terms";

interface Props {
  meeting: Meeting;
  onJoined: (seat: Seat) => void;
  onInvigilate: () => void;
}

/** What is recorded, consent, and a name. */
export function Before({ meeting, onJoined, onInvigilate }: Props) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function enter(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      onJoined(await takeSeat(meeting.id, name));
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  }

  return (
    <Page
      title={meeting.title}
      aside={
        <button type="button" className="link" onClick={onInvigilate}>
          I am the invigilator
        </button>
      }
    >
      <h1>{meeting.title}</h1>
      <Steps now={0} />
      <form className="card" onSubmit={enter}>
        <Terms meeting={meeting} />
        <label className="choice">
          <input type="checkbox" required />
          <span>I agree that pictures are taken with my webcam and used as described here.</span>
        </label>
        <label>
          Your name
          <input
            required
            maxLength={200}
            autoComplete="name"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {problem && <Failure message={problem} />}
        <button type="submit" className="primary" disabled={busy}>
          {busy ? "Joining…" : "Go on to the camera check"}
        </button>
      </form>
    </Page>
  );
}

/** Joins the meeting. */
export async function takeSeat(meetingId: string, name: string): Promise<Seat> {
  const { participant_id, token } = await join(meetingId, name);
  return {
    meetingId,
    participantId: participant_id,
    token,
    name: name.trim(),
    startedAt: null,
    cameraId: "",
    record: { judged: 0, episodes: [] },
    told: [],
  };
}
