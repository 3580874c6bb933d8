import { Link } from "wouter";
import { Page } from "../../ui/Page";
import { useFocusOnMount } from "../../ui/useFocusOnMount";
import type { StaffPageProps } from "../Admin";

interface Props extends StaffPageProps {
  participantId: string;
}

/** One candidate's exam. */
export function PersonPage({ meeting, live, participantId }: Props) {
  const heading = useFocusOnMount();
  const person = live.people?.people.find(({ participant_id }) => participant_id === participantId);
  const name = person?.name ?? "Candidate";
  return (
    <Page title={`${name} · ${meeting.title}`} wide>
      <p>
        <Link href="/">{meeting.title}</Link>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        <bdi>{name}</bdi>
      </h1>
    </Page>
  );
}
