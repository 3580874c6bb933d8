import { type FormEvent, useCallback, useState } from "react";
import { ApiError } from "../api/client";
import { join, renewVideoToken } from "../api/gateway";
import type { Meeting } from "../api/types";
import { Failure } from "../ui/Failure";
import { readStored, removeStored, store } from "../ui/storage";
import { isString } from "../ui/typeGuards";
import { MeetingFrame } from "../vendor/MeetingFrame";
import { useAction } from "./useAction";

interface Props {
  meeting: Meeting;
  adminKey: string;
}

// In sessionStorage: a reload continues as the same participant, and another tab joins as another.
const storageKey = (meetingId: string): string => `proctor.host.${meetingId}`;

/** Called when this browser forgets the meeting's key. */
export function forgetHost(meetingId: string): void {
  removeStored("sessionStorage", storageKey(meetingId));
}

/** The token has expired or its participant is gone: the host has to join again. */
const isInvalidToken = (error: unknown): boolean =>
  error instanceof ApiError && (error.isRefusedAccess || error.status === 404);

/** The vendor's meeting for its host. Asks for a name first, because the vendor shows it to everyone. */
export function HostMeeting({ meeting, adminKey }: Props) {
  const [token, setToken] = useState(() => readStored("sessionStorage", storageKey(meeting.id), isString));
  const getToken = useCallback(async () => {
    if (!token) return null;
    try {
      return await renewVideoToken(meeting.id, token);
    } catch (error) {
      if (isInvalidToken(error)) {
        forgetHost(meeting.id);
        setToken(null);
      }
      throw error;
    }
  }, [meeting.id, token]);

  function enter(next: string) {
    store("sessionStorage", storageKey(meeting.id), next);
    setToken(next);
  }

  if (!token) return <HostName meetingId={meeting.id} adminKey={adminKey} onJoined={enter} />;
  return <MeetingFrame getToken={getToken} camera={null} warning={null} />;
}

interface NameProps {
  meetingId: string;
  adminKey: string;
  onJoined: (token: string) => void;
}

function HostName({ meetingId, adminKey, onJoined }: NameProps) {
  const [name, setName] = useState("Invigilator");
  const { busy, problem, run } = useAction(async () =>
    onJoined((await join(meetingId, name, adminKey)).token),
  );

  function enter(event: FormEvent) {
    event.preventDefault();
    run();
  }

  return (
    <form className="card" onSubmit={enter}>
      <h2>Meeting</h2>
      <label>
        Your name, as candidates see it
        <input required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      {problem && <Failure message={problem} />}
      <button type="submit" className="primary" disabled={busy}>
        {busy ? "Joining…" : "Join the meeting"}
      </button>
    </form>
  );
}
