import type { Told } from "./Inbox";
import type { ExamRecord } from "./record";

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
  told: readonly Told[];
}

// In sessionStorage: a reload, a crash or a reopened tab goes on as the same participant, while the next
// person at a shared computer does not become the one before, and two tabs never send as one participant.
const storageKey = (meetingId: string): string => `proctor.seat.${meetingId}`;

export function findSeat(meetingId: string): Seat | null {
  const kept = sessionStorage.getItem(storageKey(meetingId));
  return kept ? (JSON.parse(kept) as Seat) : null;
}

export function keepSeat(seat: Seat): void {
  sessionStorage.setItem(storageKey(seat.meetingId), JSON.stringify(seat));
}

export function forgetSeat(meetingId: string): void {
  sessionStorage.removeItem(storageKey(meetingId));
}
