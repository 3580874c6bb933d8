import { useCallback, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { FlagFilter } from "../api/gateway";
import { meetingPath, personPath } from "../meeting/links";
import { Page } from "../ui/Page";
import type { StaffPageProps } from "./Admin";
import { AdminHeader } from "./AdminHeader";
import { ConnectionProblems } from "./ConnectionProblems";
import { FlagsPanel } from "./flags/FlagsPanel";
import { forgetHost, HostMeeting } from "./HostMeeting";
import { MessagesDialog } from "./messages/MessagesDialog";
import { PeoplePanel } from "./people/PeoplePanel";
import { isAmong } from "./people/people";
import { forgetAttention } from "./people/useAttention";
import styles from "./Room.module.css";

interface Props extends StaffPageProps {
  onForget: () => void;
}

const PARTS = { people: "People", flags: "Flagged", meeting: "Meeting" } as const;
type Part = keyof typeof PARTS;

const ALL: FlagFilter = { participantId: "", kind: "", review: "" };

/** People, flags and, with a vendor, the meeting. */
export function Room(props: Props) {
  const { meeting, adminKey, live, connection, inbox, alerts, erasedNotice, onlookers, onForget } = props;
  const [filter, setFilter] = useState(ALL);
  // The visible part on a narrow screen.
  const [part, setPart] = useState<Part>("people");
  const flagsHeading = useRef<HTMLHeadingElement>(null);
  const [, navigate] = useLocation();
  const [showsMessages, setShowsMessages] = useState(false);
  const people = live.people?.people ?? [];

  // An erased person can no longer be the filter.
  const effectiveFilter = isAmong(live.erased, filter.participantId)
    ? { ...filter, participantId: "" }
    : filter;

  const hasVendor = meeting.video.provider !== "none";
  const parts = (Object.keys(PARTS) as Part[]).filter((name) => hasVendor || name !== "meeting");

  const open = useCallback(
    (participantId: string) => {
      // In another tab: leaving this page would leave the vendor's meeting.
      if (hasVendor)
        window.open(`${meetingPath(meeting.id)}${personPath(participantId)}`, "_blank", "noopener");
      else navigate(personPath(participantId));
    },
    [hasVendor, meeting.id, navigate],
  );

  return (
    <Page title={`Invigilator · ${meeting.title}`} wide>
      <AdminHeader
        meeting={meeting}
        adminKey={adminKey}
        live={live}
        inbox={inbox}
        alerts={alerts}
        onMessages={() => setShowsMessages(true)}
        onForget={() => {
          forgetHost(meeting.id);
          forgetAttention(meeting.id);
          onForget();
        }}
      />
      {/* Over the page: they must not push people from under the pointer. */}
      <div className={styles.notices}>
        <ConnectionProblems live={live} />
        {erasedNotice}
      </div>
      <fieldset className={styles.parts}>
        <legend className="unseen">Show</legend>
        {parts.map((name) => (
          <button key={name} type="button" aria-pressed={part === name} onClick={() => setPart(name)}>
            {PARTS[name]}
          </button>
        ))}
      </fieldset>
      <div className={`${styles.layout} ${hasVendor ? styles.withVendor : ""}`}>
        <div data-shown={part === "people"}>
          <PeoplePanel meetingId={meeting.id} live={live} onlookers={onlookers} onOpen={open} />
        </div>
        {hasVendor && (
          <div data-shown={part === "meeting"}>
            <HostMeeting meeting={meeting} adminKey={adminKey} />
          </div>
        )}
        <div data-shown={part === "flags"}>
          <FlagsPanel
            heading={flagsHeading}
            meetingId={meeting.id}
            adminKey={adminKey}
            people={people}
            erased={live.erased}
            filter={effectiveFilter}
            onFilter={setFilter}
          />
        </div>
      </div>
      {showsMessages && (
        <MessagesDialog
          meetingId={meeting.id}
          adminKey={adminKey}
          people={people}
          connection={connection}
          onClose={() => setShowsMessages(false)}
        />
      )}
    </Page>
  );
}
