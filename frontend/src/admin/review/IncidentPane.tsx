import type { ReactNode, RefObject } from "react";
import { Link } from "wouter";
import type { Flag, Incident, Review } from "../../api/types";
import { personPath } from "../../meeting/links";
import { Icon } from "../../ui/Icon";
import { KIND_NAMES } from "../flags/labels";
import { ReviewMark } from "../flags/ReviewMark";
import { PersonNumber } from "../people/PersonNumber";
import { formatMoment } from "../person/useMoment";
import { IncidentDetails } from "./IncidentDetails";
import styles from "./IncidentPane.module.css";
import { IncidentPictures } from "./IncidentPictures";
import { extentLabel, reviewerLabel } from "./labels";

interface Props {
  incident: Incident;
  /** undefined while they are read. */
  pictures: readonly Flag[] | undefined;
  problem: string;
  shown: number;
  onShow: (place: number) => void;
  reason: string;
  onReason: (reason: string) => void;
  canUndo: boolean;
  onDecide: (decision: Review) => void;
  onUndo: () => void;
  /** The controls that keep the focus while the incidents change. */
  actions: RefObject<HTMLDivElement | null>;
  reasonField: RefObject<HTMLInputElement | null>;
  /** Shown below the decision. */
  notice: ReactNode;
}

/** The selected incident: its pictures, and the decision. */
export function IncidentPane({ incident, pictures, problem, shown, onShow, ...props }: Props) {
  const { reason, onReason, canUndo, onDecide, onUndo, actions, reasonField, notice } = props;
  const { participant_id, participant_name, kind, review } = incident;
  return (
    <section className={styles.pane} aria-label="Selected incident">
      <div className={styles.head}>
        <div>
          <h2>
            <Link href={`${personPath(participant_id)}?${formatMoment(Date.parse(incident.started_at), 1)}`}>
              {participant_name}
            </Link>{" "}
            <PersonNumber participantId={participant_id} />
          </h2>
          <p>{`${KIND_NAMES[kind]} · ${extentLabel(incident)}`}</p>
        </div>
        <p role="status" className={styles.state}>
          <ReviewMark review={review} />
          {reviewerLabel(incident) && <span className="quiet">{reviewerLabel(incident)}</span>}
        </p>
      </div>
      <div className={styles.pictures} aria-busy={pictures === undefined}>
        {pictures && <IncidentPictures pictures={pictures} shown={shown} onShow={onShow} />}
        {(problem || pictures?.length === 0) && (
          <p className={styles.nothing}>{problem || "The pictures of this incident have been deleted."}</p>
        )}
      </div>
      <div className={styles.actions} ref={actions}>
        <button type="button" aria-pressed={review === "confirmed"} onClick={() => onDecide("confirmed")}>
          <Icon name="check" /> Confirm <kbd>C</kbd>
        </button>
        <button type="button" aria-pressed={review === "dismissed"} onClick={() => onDecide("dismissed")}>
          <Icon name="close" /> Dismiss <kbd>D</kbd>
        </button>
        {/* Not `disabled`: the button would lose the focus. */}
        <button type="button" aria-disabled={!canUndo} onClick={onUndo}>
          Undo <kbd>U</kbd>
        </button>
        <input
          ref={reasonField}
          aria-label="Reason (optional)"
          placeholder="Reason (optional)"
          maxLength={2000}
          value={reason}
          onChange={({ target }) => onReason(target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
          }}
        />
      </div>
      {notice}
      {pictures && <IncidentDetails incident={incident} pictures={pictures} />}
    </section>
  );
}
