/** A meeting whose admin key this browser holds. */
export interface OwnMeeting {
  id: string;
  title: string;
  createdAt: string;
  key: string;
}

// The key stays in this browser: never in an address, which is logged, kept in histories and passed on.
const STORAGE_KEY = "proctor.meetings";

/** Newest first. */
export function ownMeetings(): OwnMeeting[] {
  return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "[]") as OwnMeeting[];
}

export function findKey(meetingId: string): string | null {
  return ownMeetings().find((meeting) => meeting.id === meetingId)?.key ?? null;
}

export function keepMeeting(meeting: OwnMeeting): void {
  write([meeting, ...ownMeetings().filter(({ id }) => id !== meeting.id)]);
}

export function forgetMeeting(meetingId: string): void {
  write(ownMeetings().filter(({ id }) => id !== meetingId));
}

function write(meetings: OwnMeeting[]): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(meetings));
}
