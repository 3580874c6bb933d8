import { Icon, type IconName } from "../ui/Icon";
import styles from "./Mark.module.css";

export type MarkTone = "neutral" | "good" | "warning" | "danger";

interface Props {
  tone: MarkTone;
  icon: IconName;
  label: string;
}

/** A state as colour, icon and text. */
export function Mark({ tone, icon, label }: Props) {
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon name={icon} />
      <span>{label}</span>
    </span>
  );
}
