import type { Review } from "../../api/types";
import type { IconName } from "../../ui/Icon";
import { Mark, type MarkTone } from "../Mark";

export const REVIEW_LABELS: Record<Review, string> = {
  open: "To review",
  confirmed: "Confirmed",
  dismissed: "Dismissed",
};
const MARKS: Record<Review, { tone: MarkTone; icon: IconName }> = {
  open: { tone: "warning", icon: "info" },
  confirmed: { tone: "danger", icon: "check" },
  dismissed: { tone: "neutral", icon: "close" },
};

/** The reviewer's decision about a flag. */
export function ReviewMark({ review }: { review: Review }) {
  return <Mark {...MARKS[review]} label={REVIEW_LABELS[review]} />;
}
