import type { Flag, Incident } from "../../api/types";
import { dayAndTime } from "../../ui/time";
import { confidenceLabel, countLabel } from "../flags/labels";
import styles from "./IncidentDetails.module.css";

interface Props {
  incident: Incident;
  pictures: readonly Flag[];
}

/** What the detectors found. */
export function IncidentDetails({ incident, pictures }: Props) {
  const { findings } = incident.strongest;
  const thresholds = Object.entries(findings.thresholds);
  return (
    <details>
      <summary>Details</summary>
      <dl className={styles.details}>
        <dt>From</dt>
        <dd>{dayAndTime(incident.started_at)}</dd>
        <dt>To</dt>
        <dd>{dayAndTime(incident.ended_at)}</dd>
        {pictures.map((picture) => (
          <div key={picture.id}>
            <dt>{`Picture at ${dayAndTime(picture.ts)}`}</dt>
            <dd>{`${countLabel(picture)} · ${confidenceLabel(picture)}`}</dd>
          </div>
        ))}
        <dt>Detector</dt>
        <dd>{`${findings.engine} ${findings.version}`}</dd>
        {thresholds.length > 0 && (
          <>
            <dt>Thresholds</dt>
            <dd>{thresholds.map(([name, value]) => `${name} ${value}`).join(", ")}</dd>
          </>
        )}
        <dt>Incident</dt>
        <dd>{incident.id}</dd>
      </dl>
    </details>
  );
}
