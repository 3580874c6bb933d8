import { AS_FILE, answerOf, api, bearer, bodyOf } from "./client";
import type { AttemptRecord, Break, DecisionHistory, Flag, NewDecision, Reader, Timeline } from "./types";

/** One candidate's exam, as the invigilator who holds the key. */
export interface Attempt {
  meetingId: string;
  adminKey: string;
  participantId: string;
}

function optionsFor({ meetingId, adminKey, participantId }: Attempt) {
  return {
    params: { path: { meeting_id: meetingId, participant_id: participantId } },
    headers: bearer(adminKey),
  };
}

export function readRecord(attempt: Attempt, signal: AbortSignal): Promise<AttemptRecord> {
  const path = "/meetings/{meeting_id}/participants/{participant_id}/record";
  return bodyOf(api.GET(path, { ...optionsFor(attempt), signal }));
}

export function readTimeline(attempt: Attempt, signal: AbortSignal): Promise<Timeline> {
  const path = "/meetings/{meeting_id}/participants/{participant_id}/timeline";
  return bodyOf(api.GET(path, { ...optionsFor(attempt), signal }));
}

/** List the flags whose pictures are kept, by time. */
export async function listPictures(attempt: Attempt, signal: AbortSignal): Promise<Flag[]> {
  const path = "/meetings/{meeting_id}/participants/{participant_id}/pictures";
  return (await bodyOf(api.GET(path, { ...optionsFor(attempt), signal }))).flags;
}

export function readDecisions(attempt: Attempt, signal: AbortSignal): Promise<DecisionHistory> {
  const path = "/meetings/{meeting_id}/participants/{participant_id}/decision";
  return bodyOf(api.GET(path, { ...optionsFor(attempt), signal }));
}

/** Decide about the attempt; a violation takes effect when a second reader agrees. */
export async function decide(attempt: Attempt, body: NewDecision): Promise<void> {
  const path = "/meetings/{meeting_id}/participants/{participant_id}/decision";
  await answerOf(api.POST(path, { ...optionsFor(attempt), body }));
}

export async function reopenDecision(attempt: Attempt, reason: string, reader: Reader): Promise<void> {
  const path = "/meetings/{meeting_id}/participants/{participant_id}/decision/reopen";
  await answerOf(api.POST(path, { ...optionsFor(attempt), body: { reason, reader } }));
}

/** Give the candidate a break of so many minutes from now, or change the running one. */
export function giveBreak(attempt: Attempt, minutes: number): Promise<Break> {
  const path = "/meetings/{meeting_id}/participants/{participant_id}/break";
  return bodyOf(api.PUT(path, { ...optionsFor(attempt), body: { minutes } }));
}

export async function endBreak(attempt: Attempt): Promise<void> {
  const path = "/meetings/{meeting_id}/participants/{participant_id}/break";
  await answerOf(api.DELETE(path, optionsFor(attempt)));
}

export function downloadReport(attempt: Attempt, format: "pdf" | "json"): Promise<Blob> {
  const options = { ...optionsFor(attempt), ...AS_FILE };
  return format === "pdf"
    ? bodyOf(api.GET("/meetings/{meeting_id}/participants/{participant_id}/report.pdf", options))
    : bodyOf(api.GET("/meetings/{meeting_id}/participants/{participant_id}/report.json", options));
}
