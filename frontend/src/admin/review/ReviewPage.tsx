import { Link } from "wouter";
import { Page } from "../../ui/Page";
import { useFocusOnMount } from "../../ui/useFocusOnMount";
import type { StaffPageProps } from "../Admin";

/** The inbox of incidents. */
export function ReviewPage({ meeting }: StaffPageProps) {
  const heading = useFocusOnMount();
  return (
    <Page title={`Review · ${meeting.title}`} wide>
      <p>
        <Link href="/">{meeting.title}</Link>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        Review
      </h1>
    </Page>
  );
}
