import { basePath } from "../basePath";

/** The link to share with candidates. */
export function candidateLink(meetingId: string): string {
  return location.origin + meetingPath(meetingId);
}

export function meetingPath(meetingId: string): string {
  return `${basePath}/meeting/${meetingId}`;
}

/** Path of a candidate's record within a meeting, for the router. */
export function personPath(participantId: string): string {
  return `/people/${participantId}`;
}

/** Path of the inbox of incidents within a meeting, for the router. */
export const REVIEW_PATH = "/review";

/** Query that shows the candidates' page in a browser that holds the key. */
export const AS_CANDIDATE = "?as=candidate";

/** Hash that opens the form for the key. */
export const AS_INVIGILATOR = "#invigilator";

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** Return the id of the exam that a pasted link leads to; the id alone will do. */
export function meetingIdIn(text: string): string | null {
  return ID.exec(text)?.[0].toLowerCase() ?? null;
}
