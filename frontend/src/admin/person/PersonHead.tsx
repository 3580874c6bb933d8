import { useState } from "react";
import { exportPerson } from "../../api/gateway";
import { type Attempt, downloadReport } from "../../api/record";
import type { AttemptRecord, Meeting, Person } from "../../api/types";
import type { LiveConnection } from "../../live/useLiveSocket";
import { Failure } from "../../ui/Failure";
import { Icon } from "../../ui/Icon";
import { saveFile } from "../../ui/saveFile";
import { timeOfDay } from "../../ui/time";
import { useFocusOnMount } from "../../ui/useFocusOnMount";
import { LivePicture } from "../live/LivePicture";
import { EraseDialog } from "../people/EraseDialog";
import { PersonNumber } from "../people/PersonNumber";
import { StateMark } from "../people/StateMark";
import { isUnreachable } from "../people/UnreachableMark";
import type { LivePeople } from "../people/usePeople";
import { useAction } from "../useAction";
import { BreakDialog } from "./BreakDialog";
import styles from "./PersonHead.module.css";

interface Props {
  attempt: Attempt;
  meeting: Meeting;
  live: LivePeople;
  connection: LiveConnection;
  /** undefined before the list of people is loaded. */
  person: Person | undefined;
  record: AttemptRecord;
  onChanged: () => void;
}

/** Who it is, their state now, the live view on request, and the files of the record. */
export function PersonHead({ attempt, meeting, live, connection, person, record, onChanged }: Props) {
  const heading = useFocusOnMount();
  const { name, joined_at, left_at } = record;
  return (
    <>
      <div className={styles.head}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            <bdi>{name}</bdi>
          </h1>
          <p className="quiet">
            {person && <StateMark person={person} />} <PersonNumber participantId={attempt.participantId} />{" "}
            {person?.break_until && <span>{`· Break until ${timeOfDay(person.break_until)} `}</span>}
            <span>{`· Joined ${timeOfDay(joined_at)}${left_at ? ` · left ${timeOfDay(left_at)}` : ""}`}</span>
          </p>
        </div>
        <Files onChanged={onChanged} attempt={attempt} record={record} person={person} live={live} />
      </div>
      {person && isUnreachable(person) && (
        <p className="quiet">
          Not reachable live: pictures arrive, but there is no live connection. A message is delivered with
          the next picture.
        </p>
      )}
      {/* With a vendor, the meeting shows the candidates. */}
      {meeting.video.provider === "none" && person && person.state !== "left" && (
        <WatchLive person={person} connection={connection} clockOffset={live.clockOffset} />
      )}
    </>
  );
}

interface WatchLiveProps {
  person: Person;
  connection: LiveConnection;
  clockOffset: number;
}

/** A view starts only on request: the candidate's page says that somebody is watching. */
function WatchLive({ person, connection, clockOffset }: WatchLiveProps) {
  const [isWatching, setWatching] = useState(false);
  return (
    <section className={styles.live} aria-label="Live view">
      <div className="actions">
        <button type="button" aria-pressed={isWatching} onClick={() => setWatching(!isWatching)}>
          <Icon name="eye" /> <span>{isWatching ? "Stop watching" : "Watch live"}</span>
        </button>
      </div>
      {isWatching ? (
        <LivePicture person={person} connection={connection} clockOffset={clockOffset} />
      ) : (
        <p className="quiet">The candidate's page says so while you are watching.</p>
      )}
    </section>
  );
}

interface FilesProps {
  attempt: Attempt;
  record: AttemptRecord;
  person: Person | undefined;
  live: LivePeople;
  onChanged: () => void;
}

function Files({ onChanged, attempt, record, person, live }: FilesProps) {
  const [erasing, setErasing] = useState(false);
  const [givingBreak, setGivingBreak] = useState(false);
  const { meetingId, adminKey, participantId } = attempt;
  const { name } = record;
  const pdf = useAction(async () => saveFile(await downloadReport(attempt, "pdf"), `${name} report.pdf`));
  const json = useAction(async () => saveFile(await downloadReport(attempt, "json"), `${name} report.json`));
  const data = useAction(async () =>
    saveFile(await exportPerson(meetingId, adminKey, participantId), `${name}.zip`),
  );
  const problem = pdf.problem || json.problem || data.problem;
  return (
    <div className={styles.files}>
      <div className="actions">
        {person && person.state !== "left" && (
          <button type="button" onClick={() => setGivingBreak(true)}>
            Break…
          </button>
        )}
        <button type="button" aria-disabled={pdf.busy} onClick={pdf.run}>
          {pdf.busy ? "Printing…" : "Report (PDF)"}
        </button>
        <button type="button" aria-disabled={json.busy} onClick={json.run}>
          Report (JSON)
        </button>
        <button type="button" aria-disabled={data.busy} onClick={data.run}>
          {data.busy ? "Exporting…" : "Export all data"}
        </button>
        {person && (
          <button type="button" className="danger" onClick={() => setErasing(true)}>
            Erase…
          </button>
        )}
      </div>
      {problem && <Failure message={`No file was saved. ${problem}`} />}
      {givingBreak && (
        <BreakDialog
          attempt={attempt}
          name={name}
          onChanged={onChanged}
          onClose={() => setGivingBreak(false)}
        />
      )}
      {erasing && person && (
        <EraseDialog person={person} onErase={live.erase} onClose={() => setErasing(false)} />
      )}
    </div>
  );
}
