import type { Review } from "../api/types";
import { Icon, type IconName } from "../ui/Icon";

const MARKS: Record<Review, { icon: IconName; word: string }> = {
  open: { icon: "info", word: "To review" },
  confirmed: { icon: "check", word: "Confirmed" },
  dismissed: { icon: "close", word: "Dismissed" },
};

/** What a human made of a flag. */
export function ReviewMark({ review }: { review: Review }) {
  const { icon, word } = MARKS[review];
  return (
    <span className={`mark mark-${review}`}>
      <Icon name={icon} />
      <span>{word}</span>
    </span>
  );
}
