import { Icon, type IconName } from "../ui/Icon";
import styles from "./Mark.module.css";

export type MarkTone = "neutral" | "good" | "warning" | "danger";

interface Props {
  tone: MarkTone;
  icon: IconName;
  label: string;
  /** On a picture. */
  small?: boolean;
  /** Of a label that is only a number; for screen readers. */
  unit?: string;
}

/** A state as colour, icon and text. */
export function Mark({ tone, icon, label, small = false, unit }: Props) {
  return (
    <span className={`${styles.mark} ${small ? styles.small : ""}`} data-tone={tone}>
      <Icon name={icon} />
      <span>{label}</span> {unit && <span className="unseen">{unit}</span>}
    </span>
  );
}
