import { basePath } from "../basePath";

/** What the candidates are sent. */
export function candidateLink(meetingId: string): string {
  return location.origin + meetingPath(meetingId);
}

export function meetingPath(meetingId: string): string {
  return `${basePath}/meeting/${meetingId}`;
}

/** How the holder of the key looks at the candidates' page all the same. */
export const AS_CANDIDATE = "?as=candidate";

/** Opens the form for the key at once. */
export const AS_INVIGILATOR = "#invigilator";
