import { Icon, type IconName } from "../../ui/Icon";
import styles from "./StatusLine.module.css";
import { type Status, statusLine, type Tone } from "./status";

const ICONS: Record<Tone, IconName> = {
  good: "check",
  warning: "warning",
  neutral: "info",
  trouble: "offline",
  waiting: "clock",
};

interface Props {
  status: Status;
  now: number;
  /** Instead of the tone's own. */
  icon?: IconName | undefined;
}

/** What the page says about checking. It counts seconds, so it is not announced. */
export function StatusLine({ status, now, icon }: Props) {
  return (
    <p className={styles.status} data-tone={status.tone}>
      <Icon name={icon ?? ICONS[status.tone]} />
      <span>{statusLine(status, now)}</span>
    </p>
  );
}
