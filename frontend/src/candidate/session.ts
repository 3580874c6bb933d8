import { join } from "../api/gateway";
import { readStored, removeStored, store, storedNames } from "../ui/storage";
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

// In sessionStorage: a reload or a crash continues as the same participant. In a new tab the same session is found
// in localStorage, and is used only after a question: somebody else may sit at this computer now.
// The key keeps the word of an earlier release, so that an exam continues over an upgrade.
const KEY_PREFIX = "proctor.seat.";
const storageKey = (meetingId: string): string => `${KEY_PREFIX}${meetingId}`;

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
  storeSeat({ session, savedAt: Date.now(), finishedAt: null });
}

/** What a new tab of this browser may continue. Times are in milliseconds since 1970. */
export interface Seat {
  session: Session;
  savedAt: number;
  /** When the candidate finished; null if they have not. */
  finishedAt: number | null;
}

/** As long as a token is valid. */
const MAX_SEAT_AGE_MS = 24 * 3_600_000;

/** An expired seat is deleted. */
export function loadSeat(meetingId: string): Seat | null {
  const stored = readStored("localStorage", storageKey(meetingId), isSeat);
  if (stored && Date.now() - stored.savedAt < MAX_SEAT_AGE_MS) return stored;
  forgetSeat(meetingId);
  return null;
}

/** Delete the expired seats of all meetings. */
export function forgetOldSeats(): void {
  for (const name of storedNames("localStorage")) {
    if (name.startsWith(KEY_PREFIX)) loadSeat(name.slice(KEY_PREFIX.length));
  }
}

/** The tab forgets the session; the browser keeps it as a seat. */
export function leaveSeat(session: Session, finishedAt: number | null): Seat {
  const seat = { session, savedAt: Date.now(), finishedAt };
  removeStored("sessionStorage", storageKey(session.meetingId));
  storeSeat(seat);
  return seat;
}

export function forgetSeat(meetingId: string): void {
  removeStored("localStorage", storageKey(meetingId));
}

function storeSeat(seat: Seat): void {
  store("localStorage", storageKey(seat.session.meetingId), seat);
}

function isSeat(value: unknown): value is Seat {
  if (!isRecord(value) || !isSession(value.session)) return false;
  const { savedAt, finishedAt } = value;
  return typeof savedAt === "number" && (finishedAt === null || typeof finishedAt === "number");
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
