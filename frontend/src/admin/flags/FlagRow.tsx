import { memo } from "react";
import { pictureLink } from "../../api/pictureLink";
import type { Flag } from "../../api/types";
import { timeOfDay } from "../../ui/time";
import styles from "./FlagRow.module.css";
import { countLabel, KIND_NAMES } from "./labels";
import { ReviewMark } from "./ReviewMark";

interface Props {
  flag: Flag;
  isCurrent: boolean;
  onOpen: (flag: Flag) => void;
  onFocus: (id: number) => void;
}

/** One of perhaps thousands of rows: memoized. */
export const FlagRow = memo(function FlagRow({ flag, isCurrent, onOpen, onFocus }: Props) {
  return (
    <button
      type="button"
      className={styles.row}
      data-review={flag.review}
      tabIndex={isCurrent ? 0 : -1}
      onClick={() => onOpen(flag)}
      onFocus={() => onFocus(flag.id)}
    >
      {flag.thumbnail_url ? (
        <img src={pictureLink(flag.thumbnail_url)} alt="" loading="lazy" decoding="async" />
      ) : (
        <span className={styles.noImage}>{flag.img_url ? "No preview" : "Deleted"}</span>
      )}
      <span className={styles.text}>
        <strong>{flag.participant_name}</strong>
        <span>{`${KIND_NAMES[flag.kind]}: ${countLabel(flag)}`}</span>
      </span>
      <span className={styles.aside}>
        <time dateTime={flag.ts}>{timeOfDay(flag.ts)}</time>
        <ReviewMark review={flag.review} />
      </span>
    </button>
  );
});
