import { ApiError } from "../../api/client";
import type { Attempt } from "../../api/record";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { Page } from "../../ui/Page";
import type { StaffPageProps } from "../Admin";
import { useMessages } from "../messages/useMessages";
import { isAmong } from "../people/people";
import { Decisions } from "./Decisions";
import { Exam } from "./Exam";
import { LookingAt } from "./LookingAt";
import { Messages } from "./Messages";
import { PersonHead } from "./PersonHead";
import styles from "./PersonPage.module.css";
import { PersonSteps } from "./PersonSteps";
import { RulesHeld } from "./RulesHeld";
import { useLookingAt } from "./useLookingAt";
import { usePersonRecord } from "./usePersonRecord";

interface Props extends StaffPageProps {
  participantId: string;
}

/** The record of one candidate's exam, during the exam and after it. */
export function PersonPage({ participantId, meeting, adminKey, live, connection, ...props }: Props) {
  const { erasedNotice, onlookers } = props;
  const attempt: Attempt = { meetingId: meeting.id, adminKey, participantId };
  const held = usePersonRecord(attempt, connection);
  useLookingAt(connection, participantId);
  const messages = useMessages(meeting.id, adminKey, connection, participantId);
  const { record, timeline, decisions, pictures, error, refresh } = held;
  const person = live.people?.people.find(({ participant_id }) => participant_id === participantId);
  const isErased = isAmong(live.erased, participantId);
  // 422: the link is mistyped, it holds no id.
  const isMissing = error instanceof ApiError && (error.status === 404 || error.status === 422);

  const name = record?.name ?? person?.name ?? "Candidate";
  return (
    <Page title={`${name} · ${meeting.title}`} wide>
      <PersonSteps meeting={meeting} people={live.people?.people ?? []} participantId={participantId} />
      {erasedNotice}
      {isMissing && !isErased && (
        <>
          <h1>There is no such candidate in this exam</h1>
          <p>Check the link. If it is right, the candidate was erased.</p>
        </>
      )}
      {!isErased && !isMissing && (
        <>
          <LookingAt looking={onlookers.get(participantId)} />
          {error && (
            <Failure
              message={`${record ? "Not up to date. " : ""}${errorMessage(error)}`}
              onRetry={refresh}
            />
          )}
          {!record && !error && <p role="status">Loading…</p>}
          {record && timeline && decisions && (
            <>
              <PersonHead
                attempt={attempt}
                meeting={meeting}
                live={live}
                connection={connection}
                person={person}
                record={record}
                onChanged={refresh}
              />
              <Exam
                attempt={attempt}
                record={record}
                timeline={timeline}
                pictures={pictures}
                onReviewed={refresh}
              />
              <div className={styles.columns}>
                <Decisions attempt={attempt} history={decisions} onDecided={refresh} />
                <div className={styles.column}>
                  <Messages attempt={attempt} record={record} history={messages} />
                  <RulesHeld record={record} />
                </div>
              </div>
            </>
          )}
        </>
      )}
    </Page>
  );
}
