import type { Review } from "../../api/types";
import { Icon, type IconName } from "../../ui/Icon";

export const REVIEW_LABELS: Record<Review, string> = {
  open: "To review",
  confirmed: "Confirmed",
  dismissed: "Dismissed",
};
const ICONS: Record<Review, IconName> = { open: "info", confirmed: "check", dismissed: "close" };

/** The reviewer's decision about a flag. */
export function ReviewMark({ review }: { review: Review }) {
  return (
    <span className={`mark mark-${review}`}>
      <Icon name={ICONS[review]} />
      <span>{REVIEW_LABELS[review]}</span>
    </span>
  );
}
