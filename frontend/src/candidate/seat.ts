import { join } from "../api/gateway";
import { readStored, removeStored, store } from "../ui/storage";
import { isRecord, isString } from "../ui/typeGuards";
import type { ReceivedMessage } from "./exam/Inbox";
import type { ExamRecord } from "./exam/record";

/** A candidate's place in a meeting. */
export interface Seat {
  meetingId: string;
  participantId: string;
  token: string;
  name: string;
  /** When the exam was started, in milliseconds since 1970; null during the set-up. */
  startedAt: number | null;
  /** The chosen camera; empty for any. */
  cameraId: string;
  record: ExamRecord;
  /** By the invigilators, oldest first. */
  told: readonly ReceivedMessage[];
}

// In sessionStorage: a reload, a crash or a reopened tab goes on as the same participant, while the next
// person at a shared computer does not become the one before, and two tabs never send as one participant.
const storageKey = (meetingId: string): string => `proctor.seat.${meetingId}`;

/** Joins the meeting. */
export async function takeSeat(meetingId: string, name: string): Promise<Seat> {
  const { participant_id, token } = await join(meetingId, name);
  return {
    meetingId,
    participantId: participant_id,
    token,
    name,
    startedAt: null,
    cameraId: "",
    record: { judged: 0, episodes: [] },
    told: [],
  };
}

export function findSeat(meetingId: string): Seat | null {
  return readStored("sessionStorage", storageKey(meetingId), isSeat);
}

export function keepSeat(seat: Seat): void {
  store("sessionStorage", storageKey(seat.meetingId), seat);
}

export function forgetSeat(meetingId: string): void {
  removeStored("sessionStorage", storageKey(meetingId));
}

/** What another release of this page kept may look otherwise. */
function isSeat(value: unknown): value is Seat {
  if (!isRecord(value) || !isRecord(value.record)) return false;
  const { meetingId, participantId, token, name, cameraId, startedAt, told, record } = value;
  return (
    [meetingId, participantId, token, name, cameraId].every(isString) &&
    (startedAt === null || typeof startedAt === "number") &&
    Array.isArray(told) &&
    Array.isArray(record.episodes) &&
    typeof record.judged === "number"
  );
}
