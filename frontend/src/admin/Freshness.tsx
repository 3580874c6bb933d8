import { Icon } from "../ui/Icon";
import { duration } from "../ui/time";
import { useNow } from "../ui/useNow";
import type { LivePeople } from "./usePeople";

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
      {last ? `Last verdict ${duration(now - Date.parse(last))} ago` : "No picture judged yet"},{" "}
      {freshness.waiting} waiting
    </p>
  );
}
