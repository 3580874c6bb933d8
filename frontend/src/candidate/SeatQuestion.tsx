import type { Meeting } from "../api/types";
import { Page } from "../ui/Page";
import { timeOfDay } from "../ui/time";
import { useFocusOnMount } from "../ui/useFocusOnMount";
import { InvigilatorButton } from "./InvigilatorButton";
import type { Seat } from "./session";

interface Props {
  meeting: Meeting;
  seat: Seat;
  onContinue: () => void;
  onSomebodyElse: () => void;
  onInvigilate: () => void;
}

/** Asks who sits here: an earlier tab of this browser has been in this exam. */
export function SeatQuestion({ meeting, seat, onContinue, onSomebodyElse, onInvigilate }: Props) {
  const heading = useFocusOnMount();
  const { session, savedAt, finishedAt } = seat;
  const isFinished = finishedAt !== null;
  return (
    <Page title={meeting.title} aside={<InvigilatorButton onInvigilate={onInvigilate} />}>
      <h1 ref={heading} tabIndex={-1}>
        {meeting.title}
      </h1>
      <section className="card">
        <h2>
          <span>{isFinished ? "Reopen the exam of" : "Continue as"}</span> <bdi>{session.name}</bdi>?
        </h2>
        <p>
          <bdi>{session.name}</bdi>{" "}
          <span>
            {isFinished
              ? `finished this exam in this browser at ${timeOfDay(finishedAt)}. If you reopen it, your invigilator sees that you are back.`
              : `was in this exam in this browser, last at ${timeOfDay(savedAt)}. Your camera turns on when you continue.`}
          </span>
        </p>
        <div className="actions">
          <button type="button" className={isFinished ? "" : "primary"} onClick={onContinue}>
            {isFinished ? "Yes, reopen it" : "Yes, continue"}
          </button>
          <button type="button" className={isFinished ? "primary" : ""} onClick={onSomebodyElse}>
            I'm somebody else
          </button>
        </div>
      </section>
    </Page>
  );
}
