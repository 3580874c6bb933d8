import { useMutation } from "@tanstack/react-query";
import { reviewIncident } from "../../api/incidents";
import type { Attempt } from "../../api/record";
import type { AttemptIncident, Flag, Review } from "../../api/types";
import { Count } from "../../ui/Count";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { Icon } from "../../ui/Icon";
import { duration } from "../../ui/time";
import { KIND_NAMES } from "../flags/labels";
import { ReviewMark } from "../flags/ReviewMark";
import { Panel } from "../Panel";
import { Thumbnail } from "../people/Thumbnail";
import { useReviewer } from "../review/useReviewer";
import styles from "./Incidents.module.css";
import { period } from "./words";

interface Props {
  attempt: Attempt;
  incidents: readonly AttemptIncident[];
  pictures: readonly Flag[];
  onShow: (at: number) => void;
  onReviewed: () => void;
}

/** The incidents, by time, with their review. */
export function Incidents({ attempt, incidents, pictures, onShow, onReviewed }: Props) {
  const [reviewer] = useReviewer();
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ incident, decision }: { incident: AttemptIncident; decision: Review }) =>
      reviewIncident(attempt.meetingId, attempt.adminKey, incident.id, {
        decision,
        expected: incident.review,
        reason: null,
        reviewer: reviewer || null,
      }),
    // After a conflict, too: show what the other invigilator has decided.
    onSettled: onReviewed,
  });
  return (
    <Panel
      id="incidents-title"
      title={
        <>
          Incidents <Count value={incidents.length} />
        </>
      }
      aside={null}
    >
      {incidents.length === 0 && <p className="quiet">Nothing was flagged.</p>}
      {error && <Failure message={errorMessage(error)} />}
      <ol className={`plain ${styles.list}`}>
        {incidents.map((incident) => (
          <Incident
            key={incident.id}
            incident={incident}
            picture={pictures.find(({ incident_id }) => incident_id === incident.id)}
            onShow={onShow}
            onReview={(decision) => !isPending && mutate({ incident, decision })}
          />
        ))}
      </ol>
    </Panel>
  );
}

interface IncidentProps {
  incident: AttemptIncident;
  picture: Flag | undefined;
  onShow: (at: number) => void;
  onReview: (decision: Review) => void;
}

function Incident({ incident, picture, onShow, onReview }: IncidentProps) {
  const { kind, flags, review, reason, reviewer } = incident;
  const [start, end] = [Date.parse(incident.started_at), Date.parse(incident.ended_at)];
  const decide = (name: string, decision: Review, isOff: boolean) => (
    <button type="button" aria-disabled={isOff} onClick={() => !isOff && onReview(decision)}>
      <span>{name}</span>
      <span className="unseen">{`: ${KIND_NAMES[kind]}, ${period(start, end)}`}</span>
    </button>
  );
  return (
    <li className={styles.incident} data-review={review}>
      <Thumbnail link={picture?.thumbnail_url ?? null} loading="lazy" />
      <div className={styles.text}>
        <h3>{KIND_NAMES[kind]}</h3>
        <p>
          <ReviewMark review={review} />{" "}
          <span className="quiet">{[reviewer, reason].filter(Boolean).join(": ")}</span>
        </p>
        <p className="quiet">
          {flags === 1
            ? `${period(start, end)} · one picture`
            : `${period(start, end)} · ${flags} pictures in ${duration(end - start)}`}
        </p>
        <div className={`actions ${styles.buttons}`}>
          <button type="button" onClick={() => onShow(start)}>
            <Icon name="clock" /> Show
            <span className="unseen">{` ${KIND_NAMES[kind]}, ${period(start, end)}`}</span>
          </button>
          {decide("Confirm", "confirmed", review === "confirmed")}
          {decide("Dismiss", "dismissed", review === "dismissed")}
          {decide("Undo", "open", review === "open")}
        </div>
      </div>
    </li>
  );
}
