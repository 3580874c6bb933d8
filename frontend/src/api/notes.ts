import { api, bearer, bodyOf, inMeeting } from "./client";
import type { NewNote, NoteList, NoteRecord } from "./types";

/** List the notes of the meeting's invigilators, newest first. */
export function listNotes(meetingId: string, key: string, signal: AbortSignal): Promise<NoteList> {
  const options = { params: inMeeting(meetingId), headers: bearer(key), signal };
  return bodyOf(api.GET("/meetings/{meeting_id}/notes", options));
}

export function writeNote(meetingId: string, key: string, body: NewNote): Promise<NoteRecord> {
  const options = { params: inMeeting(meetingId), headers: bearer(key), body };
  return bodyOf(api.POST("/meetings/{meeting_id}/notes", options));
}
