import type { Incident } from "../../api/types";
import { duration } from "../../ui/time";

/** How long the incident lasted, and in how many frames it was seen. */
export function extentLabel({ started_at, ended_at, flags }: Incident): string {
  if (flags === 1) return "One picture";
  return `${flags} pictures in ${duration(Date.parse(ended_at) - Date.parse(started_at))}`;
}

/** Who decided, and why, after the state: "by Grace: a poster"; empty if neither is known. */
export function reviewerLabel({ review, reviewer, reason }: Incident): string {
  if (review === "open") return reviewer ? `opened again by ${reviewer}` : "";
  return [reviewer && `by ${reviewer}`, reason].filter(Boolean).join(": ");
}
