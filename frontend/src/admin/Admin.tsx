import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { ApiError } from "../api/client";
import type { FlagFilter } from "../api/gateway";
import type { Meeting } from "../api/types";
import { useLiveSocket } from "../live/useLiveSocket";
import { Page } from "../ui/Page";
import styles from "./Admin.module.css";
import { AdminHeader } from "./AdminHeader";
import { ConnectionProblems } from "./ConnectionProblems";
import { FlagsPanel } from "./flags/FlagsPanel";
import { forgetHost, HostMeeting } from "./HostMeeting";
import { MessagesDialog } from "./messages/MessagesDialog";
import { ErasedNotice } from "./people/ErasedNotice";
import { PeoplePanel } from "./people/PeoplePanel";
import { PersonDialog } from "./people/PersonDialog";
import { isAmong } from "./people/people";
import { usePeople } from "./people/usePeople";
import { createQueryClient } from "./queries";

interface Props {
  meeting: Meeting;
  adminKey: string;
  onRefused: () => void;
  onForget: () => void;
}

const PARTS = { flags: "Flagged", people: "People", meeting: "Meeting" } as const;
type Part = keyof typeof PARTS;

const ALL: FlagFilter = { participantId: "", kind: "", review: "" };

/** The invigilator's page. */
export default function Admin(props: Props) {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <AdminPage {...props} />
    </QueryClientProvider>
  );
}

/** Flags, people and, with a vendor, the meeting. */
function AdminPage({ meeting, adminKey, onRefused, onForget }: Props) {
  const [filter, setFilter] = useState(ALL);
  // The visible part on a narrow screen.
  const [part, setPart] = useState<Part>("flags");
  const flagsHeading = useRef<HTMLHeadingElement>(null);
  const live = usePeople(meeting.id, adminKey);
  const connection = useLiveSocket(meeting.id, adminKey);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [showsMessages, setShowsMessages] = useState(false);
  const people = live.people?.people ?? [];
  const opened = people.find(({ participant_id }) => participant_id === openedId);

  // An erased person can no longer be the filter.
  const effectiveFilter = isAmong(live.erased, filter.participantId)
    ? { ...filter, participantId: "" }
    : filter;

  const { error } = live;
  const hasVendor = meeting.video.provider !== "none";
  const parts = (Object.keys(PARTS) as Part[]).filter((name) => hasVendor || name !== "meeting");
  const refused = error instanceof ApiError && error.isRefusedAccess;
  useEffect(() => {
    if (refused) onRefused();
  }, [refused, onRefused]);

  function showFlagsOf(participantId: string) {
    flushSync(() => {
      // The same flags that the button counted.
      setFilter({ ...ALL, participantId, review: "undismissed" });
      setPart("flags");
    });
    flagsHeading.current?.focus();
  }

  return (
    <Page title={`Invigilator · ${meeting.title}`} wide>
      <AdminHeader
        meeting={meeting}
        adminKey={adminKey}
        live={live}
        onMessages={() => setShowsMessages(true)}
        onForget={() => {
          forgetHost(meeting.id);
          onForget();
        }}
      />
      <ConnectionProblems live={live} />
      <ErasedNotice erased={live.erased} />
      <fieldset className={styles.parts}>
        <legend className="unseen">Show</legend>
        {parts.map((name) => (
          <button key={name} type="button" aria-pressed={part === name} onClick={() => setPart(name)}>
            {PARTS[name]}
          </button>
        ))}
      </fieldset>
      <div className={`${styles.layout} ${hasVendor ? styles.withVendor : ""}`}>
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
        {hasVendor && (
          <div data-shown={part === "meeting"}>
            <HostMeeting meeting={meeting} adminKey={adminKey} />
          </div>
        )}
        <div data-shown={part === "people"}>
          <PeoplePanel live={live} onShowFlags={showFlagsOf} onOpen={setOpenedId} />
        </div>
      </div>
      {opened && (
        <PersonDialog
          meeting={meeting}
          adminKey={adminKey}
          person={opened}
          connection={connection}
          onErase={live.erase}
          onClose={() => setOpenedId(null)}
        />
      )}
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
