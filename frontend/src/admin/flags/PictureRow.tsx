import type { ComponentProps } from "react";
import { pictureLink } from "../../api/pictureLink";
import type { Flag, Review } from "../../api/types";
import { timeOfDay } from "../../ui/time";
import { PersonNumber } from "../people/PersonNumber";
import styles from "./PictureRow.module.css";
import { ReviewMark } from "./ReviewMark";

interface Props extends ComponentProps<"button"> {
  /** Whose picture is shown. */
  flag: Pick<Flag, "thumbnail_url" | "img_url" | "participant_id" | "participant_name">;
  at: string;
  review: Review;
  /** Whether Tab reaches it: one row of a list. */
  isCurrent: boolean;
  isCompact?: boolean;
  /** The preview could not be loaded: its link expires. */
  onBroken?: (() => void) | undefined;
}

/** A flag or an incident in a list: picture, name, what it is (the children), time and review. */
export function PictureRow({
  flag,
  at,
  review,
  isCurrent,
  isCompact = false,
  onBroken,
  children,
  ...button
}: Props) {
  return (
    <button
      type="button"
      className={`${styles.row} ${isCompact ? styles.compact : ""}`}
      data-review={review}
      tabIndex={isCurrent ? 0 : -1}
      {...button}
    >
      {flag.thumbnail_url ? (
        <img
          src={pictureLink(flag.thumbnail_url)}
          alt=""
          loading="lazy"
          decoding="async"
          onError={onBroken}
        />
      ) : (
        <span className={styles.noImage}>{flag.img_url ? "No preview" : "Deleted"}</span>
      )}
      <span className={styles.text}>
        <span>
          <strong>{flag.participant_name}</strong> <PersonNumber participantId={flag.participant_id} />
        </span>
        {children}
      </span>
      <span className={styles.aside}>
        <time dateTime={at}>{timeOfDay(at)}</time>
        <ReviewMark review={review} />
      </span>
    </button>
  );
}
