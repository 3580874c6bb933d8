import { Banner } from "../../ui/Banner";
import { Icon } from "../../ui/Icon";
import { useNow } from "../../ui/useNow";
import { KIND_NAMES } from "../flags/labels";
import { REVIEW_LABELS } from "../flags/ReviewMark";
import styles from "./ReviewNotices.module.css";
import { type Decided, type FailedReview, UNDO_MS } from "./useReviews";

interface FailedProps {
  failed: readonly FailedReview[];
  onShow: (failed: FailedReview) => void;
  onClose: (failed: FailedReview) => void;
}

/** Decisions that were not recorded, and why. */
export function FailedReviews({ failed, onShow, onClose }: FailedProps) {
  return (
    <div role="alert" className={styles.failed}>
      {failed.map((one) => (
        <Banner key={one.incident.id} tone="danger">
          <Icon name="warning" />
          <p>
            <strong>{one.incident.participant_name}</strong>
            <span>{`, ${KIND_NAMES[one.incident.kind]}: not recorded. ${one.message}`}</span>
          </p>
          <button type="button" onClick={() => onShow(one)}>
            Show
          </button>
          <button type="button" aria-label="Close" onClick={() => onClose(one)}>
            <Icon name="close" />
          </button>
        </Banner>
      ))}
    </div>
  );
}

/** The last decision, for as long as it can be undone. */
export function UndoNotice({ decided, onUndo }: { decided: Decided | undefined; onUndo: () => void }) {
  const time = useNow();
  const left = decided ? Math.min(UNDO_MS, decided.at + UNDO_MS - time) : 0;
  return (
    <div className={styles.undo}>
      <p role="status">
        {decided && left > 0 && (
          <>
            <span>{`${REVIEW_LABELS[decided.decision]}: `}</span>
            <strong>{decided.incident.participant_name}</strong>
            <span>{`, ${KIND_NAMES[decided.incident.kind]}`}</span>
          </>
        )}
      </p>
      {left > 0 ? (
        <button type="button" onClick={onUndo}>
          Undo <span aria-hidden="true">{`${Math.ceil(left / 1_000)} s`}</span>
        </button>
      ) : (
        <p className="quiet">A flag is a reason to look. You decide.</p>
      )}
    </div>
  );
}
