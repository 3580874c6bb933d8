import { now } from "../ui/now";
import { setOfficeContact } from "../ui/OfficeContact";
import { learnServerTime } from "../ui/serverClock";
import { AS_FILE, answerOf, api, bearer, bodyOf, inMeeting } from "./client";
import type {
  AcceptedFrame,
  CreatedMeeting,
  ExamSettings,
  Flag,
  FlagKind,
  FlagPage,
  Job,
  JoinedParticipant,
  KindPrecision,
  Meeting,
  MeetingRules,
  MessageList,
  MessageRecord,
  NewMeeting,
  People,
  ReportedInterruption,
  Review,
  RuleOverrides,
  RulesPreview,
  UnacknowledgedRecipients,
} from "./types";

/** How long the gateway holds its answer about a job that has not ended. */
const LONG_POLL_SECONDS = 15;

const ofParticipant = (meetingId: string, participantId: string) => ({
  path: { meeting_id: meetingId, participant_id: participantId },
});
const ofFlag = (meetingId: string, flagId: number) => ({ path: { meeting_id: meetingId, flag_id: flagId } });
const ofMessage = (meetingId: string, messageId: string) => ({
  path: { meeting_id: meetingId, message_id: messageId },
});

export function createMeeting(meeting: NewMeeting, operatorKey: string): Promise<CreatedMeeting> {
  const headers = operatorKey ? bearer(operatorKey) : {};
  return bodyOf(api.POST("/meetings", { body: meeting, headers }));
}

export async function readMeeting(meetingId: string, signal: AbortSignal): Promise<Meeting> {
  const sentAt = now();
  const meeting = await bodyOf(api.GET("/meetings/{meeting_id}", { params: inMeeting(meetingId), signal }));
  learnServerTime(meeting.server_time, sentAt);
  setOfficeContact(meeting.office_contact);
  return meeting;
}

/** Join as a candidate or, with the admin key, as the host of the vendor's meeting. */
export function join(meetingId: string, name: string, adminKey?: string): Promise<JoinedParticipant> {
  return bodyOf(
    api.POST("/meetings/{meeting_id}/participants", {
      params: inMeeting(meetingId),
      body: { name },
      headers: adminKey ? bearer(adminKey) : {},
    }),
  );
}

/** Return a new token for the vendor's meeting, as the same participant; null where there is no vendor. */
export async function renewVideoToken(meetingId: string, token: string): Promise<string | null> {
  const options = { params: inMeeting(meetingId), headers: bearer(token) };
  const { video } = await bodyOf(api.POST("/meetings/{meeting_id}/rejoin", options));
  return video.auth_token ?? null;
}

/** Leave the exam, for good if it is finished. */
export async function leave(
  meetingId: string,
  token: string,
  finished: boolean,
  signal: AbortSignal,
): Promise<void> {
  // keepalive: the request outlives the page.
  const options = {
    params: inMeeting(meetingId),
    body: { finished },
    headers: bearer(token),
    keepalive: true,
    signal,
  };
  await answerOf(api.POST("/meetings/{meeting_id}/leave", options));
}

/** Who sends a frame. A pre-check is judged but not recorded. */
export interface Sender {
  meetingId: string;
  participantId: string;
  token: string;
  precheck: boolean;
}

export function sendFrame(sender: Sender, picture: string, signal: AbortSignal): Promise<AcceptedFrame> {
  const { meetingId, participantId, token, precheck } = sender;
  const body = { base64_img: picture, participant_id: participantId, meeting_id: meetingId, precheck };
  return bodyOf(api.POST("/detect_faces", { body, headers: bearer(token), signal }), "job_id");
}

/** Return the job when it has ended, or after LONG_POLL_SECONDS. */
export function followJob(jobId: string, token: string, signal: AbortSignal): Promise<Job> {
  const params = { path: { job_id: jobId }, query: { wait: LONG_POLL_SECONDS } };
  return bodyOf(api.GET("/jobs/{job_id}", { params, headers: bearer(token), signal }), "status");
}

/** Confirm that a message is on the screen, or that the candidate has acknowledged it. */
export async function sendReceipt(
  meetingId: string,
  token: string,
  messageId: string,
  acknowledged: boolean,
): Promise<void> {
  const options = { params: ofMessage(meetingId, messageId), body: { acknowledged }, headers: bearer(token) };
  await answerOf(api.POST("/meetings/{meeting_id}/messages/{message_id}/receipt", options));
}

/** Say why the page could not send frames for some time. */
export async function reportInterruptions(
  meetingId: string,
  token: string,
  interruptions: ReportedInterruption[],
): Promise<void> {
  const options = { params: inMeeting(meetingId), body: { interruptions }, headers: bearer(token) };
  await answerOf(api.POST("/meetings/{meeting_id}/interruptions", options));
}

export async function isAdmin(meetingId: string, key: string): Promise<boolean> {
  const body = { meeting_id: meetingId, admin_id: key };
  return (await bodyOf(api.POST("/is_admin", { body }))).admin;
}

/** Which flags to list; an empty string means all. */
export interface FlagFilter {
  participantId: string;
  kind: FlagKind | "";
  review: keyof typeof REVIEWS | "";
}

/** `undismissed` are those that the server counts for each person. */
const REVIEWS = { undismissed: ["open", "confirmed"], open: ["open"] } satisfies Record<string, Review[]>;

/** A body with its ETag, to be asked for again only if it has changed. */
export interface Tagged<T> {
  body: T;
  etag: string | undefined;
}

/** Return a page of the flagged list; null if it still matches `etag`. */
export async function listFlags(
  meetingId: string,
  key: string,
  { participantId, kind, review }: FlagFilter,
  after: string | null,
  limit: number,
  etag: string | undefined,
): Promise<Tagged<FlagPage> | null> {
  const call = api.GET("/meetings/{meeting_id}/flags", {
    params: {
      ...inMeeting(meetingId),
      query: {
        limit,
        after,
        participant_id: participantId || null,
        kind: kind || null,
        review: review ? REVIEWS[review] : [],
      },
    },
    headers: { ...bearer(key), "If-None-Match": etag },
  });
  const { response } = await answerOf(call);
  if (response.status === 304) return null;
  return { body: await bodyOf(call), etag: response.headers.get("ETag") ?? undefined };
}

export function readFlag(meetingId: string, key: string, flagId: number): Promise<Flag> {
  const options = { params: ofFlag(meetingId, flagId), headers: bearer(key) };
  return bodyOf(api.GET("/meetings/{meeting_id}/flags/{flag_id}", options));
}

/** Review a flag; 409 if it is neither in the state shown here nor in the wanted one. */
export function reviewFlag(meetingId: string, key: string, flag: Flag, decision: Review): Promise<Flag> {
  return bodyOf(
    api.POST("/meetings/{meeting_id}/flags/{flag_id}/review", {
      params: ofFlag(meetingId, flag.id),
      body: { decision, expected: flag.review },
      headers: bearer(key),
    }),
  );
}

export function exportFlags(meetingId: string, key: string): Promise<Blob> {
  const options = { params: inMeeting(meetingId), headers: bearer(key), ...AS_FILE };
  return bodyOf(api.GET("/meetings/{meeting_id}/flags.csv", options));
}

export async function readPrecision(meetingId: string, key: string): Promise<KindPrecision[]> {
  const options = { params: inMeeting(meetingId), headers: bearer(key) };
  return (await bodyOf(api.GET("/meetings/{meeting_id}/precision", options))).kinds;
}

export function readRules(meetingId: string, key: string): Promise<MeetingRules> {
  const options = { params: inMeeting(meetingId), headers: bearer(key) };
  return bodyOf(api.GET("/meetings/{meeting_id}/rules", options));
}

/** Change the named rules; null restores the default. */
export function changeRules(meetingId: string, key: string, rules: RuleOverrides): Promise<MeetingRules> {
  const options = { params: inMeeting(meetingId), body: rules, headers: bearer(key) };
  return bodyOf(api.PATCH("/meetings/{meeting_id}/rules", options));
}

/** What changed rules would have made of the last hour's flags. */
export function previewRules(
  meetingId: string,
  key: string,
  changes: RuleOverrides,
  signal: AbortSignal,
): Promise<RulesPreview> {
  const options = { params: inMeeting(meetingId), body: changes, headers: bearer(key), signal };
  return bodyOf(api.POST("/meetings/{meeting_id}/rules/preview", options));
}

/** Send a message to one candidate, or to all who have joined. */
export function sendMessage(
  meetingId: string,
  key: string,
  text: string,
  participantId: string | null,
): Promise<MessageRecord> {
  return bodyOf(
    api.POST("/meetings/{meeting_id}/messages", {
      params: inMeeting(meetingId),
      body: { text, participant_id: participantId },
      headers: bearer(key),
    }),
  );
}

export function listMessages(
  meetingId: string,
  key: string,
  participantId: string | null,
): Promise<MessageList> {
  const params = { ...inMeeting(meetingId), query: { participant_id: participantId } };
  return bodyOf(api.GET("/meetings/{meeting_id}/messages", { params, headers: bearer(key) }));
}

/** List who has not acknowledged a message. */
export function listUnacknowledged(
  meetingId: string,
  key: string,
  messageId: string,
  signal: AbortSignal,
): Promise<UnacknowledgedRecipients> {
  const options = { params: ofMessage(meetingId, messageId), headers: bearer(key), signal };
  return bodyOf(api.GET("/meetings/{meeting_id}/messages/{message_id}/unacknowledged", options));
}

export function listPeople(meetingId: string, key: string, signal: AbortSignal): Promise<People> {
  const options = { params: inMeeting(meetingId), headers: bearer(key), signal };
  return bodyOf(api.GET("/meetings/{meeting_id}/people", options));
}

/** Download a candidate's stored data as a ZIP archive. */
export function exportPerson(meetingId: string, key: string, participantId: string): Promise<Blob> {
  const options = { params: ofParticipant(meetingId, participantId), headers: bearer(key), ...AS_FILE };
  return bodyOf(api.GET("/meetings/{meeting_id}/participants/{participant_id}/export", options));
}

/** Erase a person for good; idempotent. */
export async function erasePerson(meetingId: string, key: string, participantId: string): Promise<void> {
  const options = { params: ofParticipant(meetingId, participantId), headers: bearer(key) };
  await answerOf(api.DELETE("/meetings/{meeting_id}/participants/{participant_id}", options));
}

/** How many people the server erases in one request. */
export const MAX_ERASURES = 100;

export async function erasePeople(meetingId: string, key: string, ids: string[]): Promise<void> {
  const options = { params: inMeeting(meetingId), body: { participant_ids: ids }, headers: bearer(key) };
  await answerOf(api.POST("/meetings/{meeting_id}/erasures", options));
}

/** Change where the exam is taken, and when it ends. */
export async function changeExam(meetingId: string, key: string, exam: ExamSettings): Promise<void> {
  const options = { params: inMeeting(meetingId), body: exam, headers: bearer(key) };
  await answerOf(api.PATCH("/meetings/{meeting_id}", options));
}

/** Close the meeting to new people, or open it again. */
export async function setClosed(meetingId: string, key: string, closed: boolean): Promise<void> {
  const options = { params: inMeeting(meetingId), body: { closed }, headers: bearer(key) };
  await answerOf(api.PATCH("/meetings/{meeting_id}", options));
}
