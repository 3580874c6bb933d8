import { Icon, type IconName } from "../ui/Icon";
import { ago } from "../ui/time";
import { useNow } from "../ui/useNow";
import { type CheckTone, lastCheck } from "./lastCheck";
import type { LivePeople } from "./people/usePeople";
import styles from "./QueueHealth.module.css";

const ICONS: Record<CheckTone, IconName> = { good: "check", neutral: "clock", warning: "warning" };

interface Props {
  live: LivePeople;
  /** The meeting's time between two frames of a candidate. */
  intervalMs: number;
}

/** When a picture of this meeting was last checked. */
export function QueueHealth({ live: { people, clockOffset, error }, intervalMs }: Props) {
  const now = useNow() + clockOffset;
  if (!people) return <p className={`${styles.health} quiet`}>Loading…</p>;
  const { tone, lastAt } = lastCheck(people, now, intervalMs);
  const shown = error ? "warning" : tone;
  return (
    <p className={styles.health} data-tone={shown}>
      <Icon name={ICONS[shown]} />
      <span>
        {lastAt === null
          ? noCheckYet(people.people.length)
          : `${shown === "good" ? "Live · last checked" : "Last checked"} ${ago(now - lastAt)}`}
      </span>
    </p>
  );
}

function noCheckYet(people: number): string {
  return people === 0 ? "Nobody has joined yet" : "No picture checked yet";
}
