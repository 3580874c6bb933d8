import { memo } from "react";
import type { Incident } from "../../api/types";
import { KIND_NAMES } from "../flags/labels";
import { PictureRow } from "../flags/PictureRow";
import { extentLabel } from "./labels";

interface Props {
  incident: Incident;
  isCurrent: boolean;
  onSelect: (id: number) => void;
  onBroken: (id: number) => void;
}

/** One of perhaps thousands of rows: memoized. */
export const IncidentRow = memo(function IncidentRow({ incident, isCurrent, onSelect, onBroken }: Props) {
  return (
    <PictureRow
      flag={incident.strongest}
      at={incident.started_at}
      review={incident.review}
      isCurrent={isCurrent}
      isCompact
      aria-current={isCurrent}
      onBroken={() => onBroken(incident.id)}
      onClick={() => onSelect(incident.id)}
    >
      <span>{KIND_NAMES[incident.kind]}</span>
      <span className="quiet">{extentLabel(incident)}</span>
    </PictureRow>
  );
});
