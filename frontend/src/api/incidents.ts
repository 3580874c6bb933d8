import { answerOf, api, bearer, bodyOf, inMeeting } from "./client";
import type { Tagged } from "./gateway";
import type { FlagKind, Inbox, IncidentDetails, IncidentPage, Review } from "./types";

/** Which incidents to list; an empty string means all. */
export interface IncidentFilter {
  review: Review | "";
  kind: FlagKind | "";
  reviewer: string;
  /** A part of the candidate's name. */
  name: string;
}

/** The most that the server lists in one page. */
const PAGE = 200;

const ofIncident = (meetingId: string, incidentId: number) => ({
  meeting_id: meetingId,
  incident_id: incidentId,
});

/** Return a page of incidents, the worst first. */
export function listIncidents(
  meetingId: string,
  key: string,
  { review, kind, reviewer, name }: IncidentFilter,
  after: string | null,
  signal: AbortSignal,
): Promise<IncidentPage> {
  const query = {
    order: "worst" as const,
    limit: PAGE,
    after,
    kind: kind || null,
    review: review ? [review] : [],
    reviewer: reviewer || null,
    name: name || null,
  };
  const params = { ...inMeeting(meetingId), query };
  return bodyOf(api.GET("/meetings/{meeting_id}/incidents", { params, headers: bearer(key), signal }));
}

/** Return an incident with the flags whose pictures are kept. */
export function readIncident(
  meetingId: string,
  key: string,
  incidentId: number,
  signal?: AbortSignal,
): Promise<IncidentDetails> {
  const params = { path: ofIncident(meetingId, incidentId), query: { only_pictures: true } };
  const options = { params, headers: bearer(key), ...(signal && { signal }) };
  return bodyOf(api.GET("/meetings/{meeting_id}/incidents/{incident_id}", options));
}

/** A decision about an incident, and the state in which the reviewer has seen it. */
export interface IncidentDecision {
  decision: Review;
  expected: Review;
  reason: string | null;
  reviewer: string | null;
}

/** Review an incident; 409 if somebody else has decided otherwise. */
export function reviewIncident(
  meetingId: string,
  key: string,
  incidentId: number,
  body: IncidentDecision,
): Promise<IncidentDetails> {
  const params = { path: ofIncident(meetingId, incidentId), query: { only_pictures: true } };
  const options = { params, body, headers: bearer(key) };
  return bodyOf(api.POST("/meetings/{meeting_id}/incidents/{incident_id}/review", options));
}

/** Return the state of the meeting's inbox; `before` if it has not changed. */
export async function readInbox(
  meetingId: string,
  key: string,
  before: Tagged<Inbox> | undefined,
  signal: AbortSignal,
): Promise<Tagged<Inbox>> {
  const call = api.GET("/meetings/{meeting_id}/inbox", {
    params: inMeeting(meetingId),
    headers: { ...bearer(key), "If-None-Match": before?.etag },
    signal,
  });
  const { response } = await answerOf(call);
  if (before && response.status === 304) return before;
  return { body: await bodyOf(call), etag: response.headers.get("ETag") ?? undefined };
}
