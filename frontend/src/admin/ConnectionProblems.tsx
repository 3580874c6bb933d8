import { Banner } from "../ui/Banner";
import { errorMessage } from "../ui/errorMessage";
import { Icon } from "../ui/Icon";
import { duration, timeOfDay } from "../ui/time";
import type { LivePeople } from "./people/usePeople";

/** Why the page is not up to date, shown above everything else. */
export function ConnectionProblems({ live }: { live: LivePeople }) {
  const text = outage(live) ?? lagging(live);
  return (
    <div role="alert">
      {text && (
        <Banner tone="warning">
          <Icon name="warning" /> <span>{text}</span>
        </Banner>
      )}
    </div>
  );
}

function outage({ error, answeredAt }: LivePeople): string | null {
  if (!error) return null;
  const since = answeredAt ? ` What you see is from ${timeOfDay(answeredAt)}.` : "";
  return `${errorMessage(error)} Trying again.${since}`;
}

function lagging({ people }: LivePeople): string | null {
  if (!people || people.freshness.keeping_up) return null;
  const oldest = people.freshness.oldest_waiting_seconds;
  const waited =
    oldest === null ? "" : ` The oldest picture has been waiting for ${duration(oldest * 1_000)}.`;
  return `The system is not keeping up: pictures are checked late, and candidates are asked to send less often.${waited}`;
}
