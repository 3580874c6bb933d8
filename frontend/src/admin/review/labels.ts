import type { Incident } from "../../api/types";
import { duration } from "../../ui/time";
import { REVIEW_LABELS } from "../flags/ReviewMark";

/** How long the incident lasted, and in how many frames it was seen. */
export function extentLabel({ started_at, ended_at, flags }: Incident): string {
  if (flags === 1) return "One picture";
  return `${flags} pictures in ${duration(Date.parse(ended_at) - Date.parse(started_at))}`;
}

/** Who decided, and why: "Dismissed by Grace: a poster"; empty while it is to be reviewed. */
export function reviewLabel({ review, reviewer, reason }: Incident): string {
  if (review === "open") return reviewer ? `Opened again by ${reviewer}` : "";
  return `${REVIEW_LABELS[review]}${reviewer ? ` by ${reviewer}` : ""}${reason ? `: ${reason}` : ""}`;
}
