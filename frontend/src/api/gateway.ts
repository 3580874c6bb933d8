import { type Call, callFor, callForFile, callIfChanged, request, type Tagged } from "./client";
import type {
  AcceptedFrame,
  CreatedMeeting,
  Flag,
  FlagKind,
  FlagPage,
  Frame,
  Job,
  JoinedParticipant,
  Meeting,
  MeetingRules,
  MessageList,
  MessageRecord,
  People,
  Review,
  RuleOverrides,
  UnacknowledgedRecipients,
} from "./types";

const HOLD_SECONDS = 15;

const post = (body: unknown, call: Call = {}): Call => ({ ...call, method: "POST", body });

export function createMeeting(title: string, operatorKey: string): Promise<CreatedMeeting> {
  return callFor("/meetings", post({ title }, { bearer: operatorKey }));
}

export function readMeeting(meetingId: string, signal: AbortSignal): Promise<Meeting> {
  return callFor(`/meetings/${encodeURIComponent(meetingId)}`, { signal });
}

export function join(meetingId: string, name: string): Promise<JoinedParticipant> {
  return callFor(`/meetings/${meetingId}/participants`, post({ name }));
}

/** With the admin key, the one who joins is the host of the vendor's meeting. */
export function joinAsHost(meetingId: string, key: string, name: string): Promise<JoinedParticipant> {
  return callFor(`/meetings/${meetingId}/participants`, post({ name }, { bearer: key }));
}

/** A new token for the vendor's meeting, as the same participant; null where there is no vendor. */
export async function renewVideoToken(meetingId: string, token: string): Promise<string | null> {
  const call: Call = { method: "POST", bearer: token };
  const { video } = await callFor<JoinedParticipant>(`/meetings/${meetingId}/rejoin`, call);
  return video.auth_token ?? null;
}

export async function leave(meetingId: string, token: string): Promise<void> {
  await request(`/meetings/${meetingId}/leave`, { method: "POST", bearer: token, keepalive: true });
}

/** Who sends a frame, and whether it counts: a pre-check is judged but leaves nothing behind. */
export interface Sender {
  meetingId: string;
  participantId: string;
  token: string;
  precheck: boolean;
}

export function sendFrame(sender: Sender, picture: string, signal: AbortSignal): Promise<AcceptedFrame> {
  const { meetingId, participantId, token, precheck } = sender;
  const frame: Frame = {
    base64_img: picture,
    participant_id: participantId,
    meeting_id: meetingId,
    precheck,
  };
  return callFor("/detect_faces", post(frame, { bearer: token, signal }), "job_id");
}

export function followJob(jobId: string, token: string, signal: AbortSignal): Promise<Job> {
  return callFor(`/jobs/${jobId}?wait=${HOLD_SECONDS}`, { bearer: token, signal }, "status");
}

/** The message is on the screen, or the candidate has acknowledged it. */
export async function sendReceipt(
  meetingId: string,
  token: string,
  messageId: string,
  acknowledged: boolean,
): Promise<void> {
  const path = `/meetings/${meetingId}/messages/${messageId}/receipt`;
  await request(path, post({ acknowledged }, { bearer: token }));
}

export async function isAdmin(meetingId: string, key: string): Promise<boolean> {
  const claim = { meeting_id: meetingId, admin_id: key };
  return (await callFor<{ admin: boolean }>("/is_admin", post(claim))).admin;
}

/** Which flags to list; an empty word means all. */
export interface FlagFilter {
  participantId: string;
  kind: FlagKind | "";
  review: keyof typeof REVIEWS | "";
}

/** `undismissed` are those that the server counts for each person. */
const REVIEWS = { undismissed: ["open", "confirmed"], open: ["open"] } satisfies Record<string, Review[]>;

export function listFlags(
  meetingId: string,
  filter: FlagFilter,
  after: string | null,
  limit: number,
  call: Call,
): Promise<Tagged<FlagPage> | null> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (after) query.set("after", after);
  if (filter.participantId) query.set("participant_id", filter.participantId);
  if (filter.kind) query.set("kind", filter.kind);
  for (const review of filter.review ? REVIEWS[filter.review] : []) query.append("review", review);
  return callIfChanged(`/meetings/${meetingId}/flags?${query}`, call);
}

export function readFlag(meetingId: string, key: string, flagId: number): Promise<Flag> {
  return callFor(`/meetings/${meetingId}/flags/${flagId}`, { bearer: key });
}

/** Fails with 409 when the flag is not as it is shown here and not as it is wanted, either. */
export function reviewFlag(meetingId: string, key: string, flag: Flag, decision: Review): Promise<Flag> {
  const body = { decision, expected: flag.review };
  return callFor(`/meetings/${meetingId}/flags/${flag.id}/review`, post(body, { bearer: key }));
}

export function exportFlags(meetingId: string, key: string): Promise<Blob> {
  return callForFile(`/meetings/${meetingId}/flags.csv`, { bearer: key });
}

export function readRules(meetingId: string, key: string): Promise<MeetingRules> {
  return callFor(`/meetings/${meetingId}/rules`, { bearer: key });
}

/** Those that are named; null goes back to what is usual. */
export function changeRules(meetingId: string, key: string, own: RuleOverrides): Promise<MeetingRules> {
  return callFor(`/meetings/${meetingId}/rules`, { method: "PATCH", body: own, bearer: key });
}

/** To one candidate, or to all who have joined. */
export function sendMessage(
  meetingId: string,
  key: string,
  text: string,
  participantId: string | null,
): Promise<MessageRecord> {
  const message = { text, participant_id: participantId };
  return callFor(`/meetings/${meetingId}/messages`, post(message, { bearer: key }));
}

export function listMessages(
  meetingId: string,
  key: string,
  participantId: string | null,
): Promise<MessageList> {
  const query = participantId ? `?participant_id=${participantId}` : "";
  return callFor(`/meetings/${meetingId}/messages${query}`, { bearer: key });
}

/** Who has not acknowledged a message. */
export function listUnacknowledged(
  meetingId: string,
  key: string,
  messageId: string,
  signal: AbortSignal,
): Promise<UnacknowledgedRecipients> {
  return callFor(`/meetings/${meetingId}/messages/${messageId}/unacknowledged`, { bearer: key, signal });
}

export function listPeople(meetingId: string, key: string, signal: AbortSignal): Promise<People> {
  return callFor(`/meetings/${meetingId}/people`, { bearer: key, signal });
}

/** All that is kept about a candidate, as a ZIP archive. */
export function exportPerson(meetingId: string, key: string, participantId: string): Promise<Blob> {
  return callForFile(`/meetings/${meetingId}/participants/${participantId}/export`, { bearer: key });
}

/** For good; twice is as good as once. */
export async function erasePerson(meetingId: string, key: string, participantId: string): Promise<void> {
  const call: Call = { method: "DELETE", bearer: key };
  await request(`/meetings/${meetingId}/participants/${participantId}`, call);
}

/** How many the server erases in one request. */
export const MAX_ERASURES = 100;

export async function erasePeople(meetingId: string, key: string, ids: string[]): Promise<void> {
  await request(`/meetings/${meetingId}/erasures`, post({ participant_ids: ids }, { bearer: key }));
}

/** Closes the meeting to new people, or opens it again. */
export async function setClosed(meetingId: string, key: string, closed: boolean): Promise<void> {
  await request(`/meetings/${meetingId}`, { method: "PATCH", body: { closed }, bearer: key });
}
