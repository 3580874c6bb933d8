import type { IncidentFilter } from "../../api/incidents";
import type { FlagKind, Review } from "../../api/types";
import { KIND_NAMES } from "../flags/labels";
import { REVIEW_LABELS } from "../flags/ReviewMark";

/** What the page shows; all of it is in the URL. */
export interface ReviewView extends IncidentFilter {
  incidentId: number | null;
}

/** In the URL: without it the page lists what is left to review. */
const ANY = "any";

export function parseView(params: URLSearchParams): ReviewView {
  const state = params.get("state") ?? "open";
  const kind = params.get("kind") ?? "";
  const incidentId = Number(params.get("incident") ?? "");
  return {
    review: isReview(state) ? state : state === ANY ? "" : "open",
    kind: isKind(kind) ? kind : "",
    reviewer: params.get("reviewer") ?? "",
    name: params.get("name") ?? "",
    incidentId: Number.isSafeInteger(incidentId) && incidentId > 0 ? incidentId : null,
  };
}

export function formatView({ review, kind, reviewer, name, incidentId }: ReviewView): URLSearchParams {
  const values = {
    state: review === "open" ? "" : review || ANY,
    kind,
    reviewer,
    name,
    incident: incidentId === null ? "" : String(incidentId),
  };
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value));
}

function isReview(text: string): text is Review {
  return Object.hasOwn(REVIEW_LABELS, text);
}

function isKind(text: string): text is FlagKind {
  return Object.hasOwn(KIND_NAMES, text);
}
