import { join } from "../api/gateway";
import { readStored, removeStored, store } from "../ui/storage";
import { isRecord, isString } from "../ui/typeGuards";
import { CONCERN_TEXT } from "./exam/concerns";
import type { ReceivedMessage } from "./exam/Inbox";
import type { ExamRecord } from "./exam/record";

/** A candidate's session in a meeting, kept over a reload. */
export interface Session {
  meetingId: string;
  participantId: string;
  token: string;
  name: string;
  /** When the exam was started, in milliseconds since 1970; null before that. */
  startedAt: number | null;
  /** Device id of the chosen camera; empty for any. */
  cameraId: string;
  record: ExamRecord;
  /** From invigilators, oldest first. */
  messages: readonly ReceivedMessage[];
}

// In sessionStorage: a reload, a crash or a reopened tab continues as the same participant, while the next
// person at a shared computer starts anew, and two tabs never send as one participant.
// The key keeps the word of an earlier release, so that an exam continues over an upgrade.
const storageKey = (meetingId: string): string => `proctor.seat.${meetingId}`;

/** Join the meeting. */
export async function startSession(meetingId: string, name: string): Promise<Session> {
  const { participant_id, token } = await join(meetingId, name);
  return {
    meetingId,
    participantId: participant_id,
    token,
    name,
    startedAt: null,
    cameraId: "",
    record: { judged: 0, episodes: [] },
    messages: [],
  };
}

export function loadSession(meetingId: string): Session | null {
  const stored = readStored("sessionStorage", storageKey(meetingId), isRecord);
  // The release before this one stored `messages` as `told`.
  const session = { messages: stored?.told, ...stored };
  return isSession(session) ? { ...session, record: withKnownKinds(session.record) } : null;
}

/** The release before this one warned of "dark" pictures apart from other unusable ones. */
function withKnownKinds(record: ExamRecord): ExamRecord {
  const episodes = record.episodes.map((episode) =>
    episode.kind in CONCERN_TEXT ? episode : { ...episode, kind: "technical" as const },
  );
  return { ...record, episodes };
}

export function saveSession(session: Session): void {
  store("sessionStorage", storageKey(session.meetingId), session);
}

export function deleteSession(meetingId: string): void {
  removeStored("sessionStorage", storageKey(meetingId));
}

/** What another release stored may have another shape. */
function isSession(value: unknown): value is Session {
  if (!isRecord(value) || !isRecord(value.record)) return false;
  const { meetingId, participantId, token, name, cameraId, startedAt, messages, record } = value;
  return (
    [meetingId, participantId, token, name, cameraId].every(isString) &&
    (startedAt === null || typeof startedAt === "number") &&
    Array.isArray(messages) &&
    Array.isArray(record.episodes) &&
    typeof record.judged === "number"
  );
}
