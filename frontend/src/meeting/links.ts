import { basePath } from "../basePath";

/** The link to share with candidates. */
export function candidateLink(meetingId: string): string {
  return location.origin + meetingPath(meetingId);
}

export function meetingPath(meetingId: string): string {
  return `${basePath}/meeting/${meetingId}`;
}

/** Query that shows the candidates' page in a browser that holds the key. */
export const AS_CANDIDATE = "?as=candidate";

/** Hash that opens the form for the key. */
export const AS_INVIGILATOR = "#invigilator";
