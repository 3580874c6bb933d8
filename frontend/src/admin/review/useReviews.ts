import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { type IncidentDecision, readIncident, reviewIncident } from "../../api/incidents";
import type { Incident, Review } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";
import { now } from "../../ui/now";

export const UNDO_MS = 10_000;

/** A decision of this page that can be undone for UNDO_MS. */
export interface Decided {
  incident: Incident;
  decision: Review;
  at: number;
}

/** A decision that was not recorded, and why. */
export interface FailedReview {
  incident: Incident;
  message: string;
}

export interface Reviews {
  /** What was decided here and is not answered yet. */
  pending: ReadonlyMap<number, Review>;
  /** What can still be undone. The last is the newest. */
  decided: readonly Decided[];
  failed: readonly FailedReview[];
  decide: (incident: Incident, decision: Review, reason: string) => void;
  /** Undo a decision: to the state before it, unless somebody else has decided since. */
  undo: (decided: Decided) => void;
  forgive: (failed: FailedReview) => void;
}

interface Sent {
  incident: Incident;
  body: IncidentDecision;
}

/** Decisions about incidents: shown at once, sent at once, and reported if somebody else was first. */
export function useReviews(
  meetingId: string,
  adminKey: string,
  reviewer: string,
  replace: (incident: Incident) => void,
): Reviews {
  const sent = useRef(new Map<number, Promise<unknown>>());
  const [pending, setPending] = useState<ReadonlyMap<number, Review>>(new Map());
  const [decided, setDecided] = useState<readonly Decided[]>([]);
  const [failed, setFailed] = useState<readonly FailedReview[]>([]);

  const { mutate } = useMutation({
    mutationFn: ({ incident: { id }, body }: Sent) => {
      // One after the other for each incident: an undo must not overtake its decision.
      const before = sent.current.get(id) ?? Promise.resolve();
      const review = before.then(() => reviewIncident(meetingId, adminKey, id, body));
      sent.current.set(
        id,
        review.catch(() => undefined),
      );
      return review;
    },
    onSuccess: replace,
    onError: async (error, { incident }) => {
      setDecided((all) => all.filter((one) => one.incident.id !== incident.id));
      setFailed((all) => [...all, { incident, message: errorMessage(error) }]);
      if (error instanceof ApiError && error.isReviewConflict) {
        // Show the other reviewer's decision, so that the next one is about it.
        replace(await readIncident(meetingId, adminKey, incident.id));
      }
    },
    onSettled: (_answer, _error, { incident, body }) => {
      setPending(
        (all) => new Map([...all].filter(([id, one]) => id !== incident.id || one !== body.decision)),
      );
    },
  });

  function send(incident: Incident, decision: Review, expected: Review, reason: string | null) {
    setPending((all) => new Map(all).set(incident.id, decision));
    setFailed((all) => all.filter((one) => one.incident.id !== incident.id));
    mutate({ incident, body: { decision, expected, reason, reviewer: reviewer || null } });
  }

  function forget(one: Decided) {
    setDecided((all) => all.filter((other) => other !== one));
  }

  return {
    pending,
    decided,
    failed,
    decide: (incident, decision, reason) => {
      send(incident, decision, incident.review, reason || null);
      const one = { incident, decision, at: now() };
      setDecided((all) => [...all, one]);
      setTimeout(() => forget(one), UNDO_MS);
    },
    undo: (one) => {
      forget(one);
      send(one.incident, one.incident.review, one.decision, one.incident.reason);
    },
    forgive: (one) => setFailed((all) => all.filter((other) => other !== one)),
  };
}
