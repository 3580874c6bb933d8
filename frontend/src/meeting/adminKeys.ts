import { readStored, store } from "../ui/storage";
import { isRecord, isString } from "../ui/typeGuards";

/** A meeting whose admin key this browser holds. */
export interface OwnMeeting {
  id: string;
  title: string;
  createdAt: string;
  key: string;
}

// Never in a URL, which is logged, kept in histories and passed on.
const STORAGE_KEY = "proctor.meetings";

/** Newest first. */
export function ownMeetings(): OwnMeeting[] {
  return (readStored("localStorage", STORAGE_KEY, Array.isArray) ?? []).filter(isOwnMeeting);
}

export function findKey(meetingId: string): string | null {
  return ownMeetings().find((meeting) => meeting.id === meetingId)?.key ?? null;
}

/** Return whether the browser keeps it after this page is closed. */
export function keepMeeting(meeting: OwnMeeting): boolean {
  return write([meeting, ...ownMeetings().filter(({ id }) => id !== meeting.id)]);
}

export function forgetMeeting(meetingId: string): void {
  write(ownMeetings().filter(({ id }) => id !== meetingId));
}

function write(meetings: OwnMeeting[]): boolean {
  return store("localStorage", STORAGE_KEY, meetings);
}

function isOwnMeeting(value: unknown): value is OwnMeeting {
  if (!isRecord(value)) return false;
  return [value.id, value.title, value.createdAt, value.key].every(isString);
}
