import { Icon } from "../ui/Icon";
import { duration } from "../ui/time";
import { useNow } from "../ui/useNow";
import type { LivePeople } from "./usePeople";

const FINE_BELOW_MS = 10_000;

/** "Last verdict 0.8 s ago, 3 waiting". */
export function Freshness({ live: { people, clockOffset, polling } }: { live: LivePeople }) {
  const now = useNow() + clockOffset;
  if (!people) return <p className="freshness quiet">Asking the server…</p>;
  const { freshness } = people;
  const good = freshness.keeping_up && !polling.error;
  const last = freshness.last_verdict_at;
  return (
    <p className={`freshness ${good ? "good" : "warning"}`}>
      <Icon name={good ? "check" : "warning"} />
      <span>{`${last ? `Last verdict ${fine(now - Date.parse(last))} ago` : "No picture judged yet"}, ${freshness.waiting} waiting`}</span>
    </p>
  );
}

function fine(milliseconds: number): string {
  if (milliseconds >= FINE_BELOW_MS) return duration(milliseconds);
  return `${(Math.max(0, milliseconds) / 1_000).toFixed(1)} s`;
}
