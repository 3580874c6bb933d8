import { memo } from "react";
import { pictureLink } from "../../api/pictureLink";
import type { Incident } from "../../api/types";
import { timeOfDay } from "../../ui/time";
import { KIND_NAMES } from "../flags/labels";
import { ReviewMark } from "../flags/ReviewMark";
import styles from "./IncidentRow.module.css";
import { extentLabel } from "./labels";

interface Props {
  incident: Incident;
  isCurrent: boolean;
  onSelect: (id: number) => void;
}

/** One of perhaps thousands of rows: memoized. */
export const IncidentRow = memo(function IncidentRow({ incident, isCurrent, onSelect }: Props) {
  const { strongest } = incident;
  return (
    <button
      type="button"
      className={styles.row}
      data-review={incident.review}
      aria-current={isCurrent}
      tabIndex={isCurrent ? 0 : -1}
      onClick={() => onSelect(incident.id)}
    >
      {strongest.thumbnail_url ? (
        <img src={pictureLink(strongest.thumbnail_url)} alt="" loading="lazy" decoding="async" />
      ) : (
        <span className={styles.noImage}>{strongest.img_url ? "No preview" : "Deleted"}</span>
      )}
      <span className={styles.text}>
        <strong>{incident.participant_name}</strong>
        <span>{KIND_NAMES[incident.kind]}</span>
        <span className="quiet">{extentLabel(incident)}</span>
      </span>
      <span className={styles.aside}>
        <time dateTime={incident.started_at}>{timeOfDay(incident.started_at)}</time>
        <ReviewMark review={incident.review} />
      </span>
    </button>
  );
});
