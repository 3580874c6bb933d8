import type { Inbox, Incident, Review } from "../../api/types";

/** What a review changes. */
type Reviewed = Pick<Incident, "id" | "review" | "reason" | "reviewer" | "reviewed_at">;

/** Add what others have decided since the incidents were read. */
export function withReviews(
  incidents: readonly Incident[],
  { reviewed }: Pick<Inbox, "reviewed">,
): Incident[] {
  const latest = new Map(reviewed.map((one) => [one.id, one]));
  return incidents.map((incident) => {
    const newer = latest.get(incident.id);
    return newer && isNewer(newer, incident) ? { ...incident, ...newer } : incident;
  });
}

function isNewer(one: Pick<Reviewed, "reviewed_at">, other: Pick<Reviewed, "reviewed_at">): boolean {
  return timeOf(one) > timeOf(other);
}

function timeOf({ reviewed_at }: Pick<Reviewed, "reviewed_at">): number {
  return reviewed_at ? Date.parse(reviewed_at) : 0;
}

/** Return the next incident after `index` that is to be reviewed, or the first; -1 if none is left. */
export function nextOpen(incidents: readonly { review: Review }[], index: number): number {
  const after = incidents.findIndex(({ review }, place) => place > index && review === "open");
  return after >= 0 ? after : incidents.findIndex(({ review }, place) => place < index && review === "open");
}
