import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { ApiError } from "../api/client";
import type { FlagFilter } from "../api/gateway";
import type { Meeting } from "../api/types";
import { Page } from "../ui/Page";
import { AdminHeader } from "./AdminHeader";
import { FlagsPanel } from "./FlagsPanel";
import { PeoplePanel } from "./PeoplePanel";
import { Trouble } from "./Trouble";
import { usePeople } from "./usePeople";
import "./admin.css";

interface Props {
  meeting: Meeting;
  adminKey: string;
  onRefused: () => void;
  onForget: () => void;
}

const PARTS = { flags: "Flagged", people: "People" } as const;
type Part = keyof typeof PARTS;

const ALL: FlagFilter = { participantId: "", kind: "" };

/** What an invigilator watches. */
export default function Admin({ meeting, adminKey, onRefused, onForget }: Props) {
  const [filter, setFilter] = useState(ALL);
  // Where there is no room for both beside each other.
  const [part, setPart] = useState<Part>("flags");
  const flagsHeading = useRef<HTMLHeadingElement>(null);
  const live = usePeople(meeting.id, adminKey);

  const { error } = live.polling;
  const refused = error instanceof ApiError && error.isRefusedAccess;
  useEffect(() => {
    if (refused) onRefused();
  }, [refused, onRefused]);

  function showFlagsOf(participantId: string) {
    flushSync(() => {
      setFilter({ ...ALL, participantId });
      setPart("flags");
    });
    flagsHeading.current?.focus();
  }

  return (
    <Page title={`Invigilator · ${meeting.title}`} wide>
      <AdminHeader meeting={meeting} adminKey={adminKey} live={live} onForget={onForget} />
      <Trouble live={live} />
      <fieldset className="parts">
        <legend className="unseen">Show</legend>
        {(Object.keys(PARTS) as Part[]).map((name) => (
          <button key={name} type="button" aria-pressed={part === name} onClick={() => setPart(name)}>
            {PARTS[name]}
          </button>
        ))}
      </fieldset>
      <div className="admin" data-part={part}>
        <FlagsPanel
          heading={flagsHeading}
          meetingId={meeting.id}
          adminKey={adminKey}
          people={live.people?.people ?? []}
          filter={filter}
          onFilter={setFilter}
        />
        <PeoplePanel live={live} onShowFlags={showFlagsOf} />
      </div>
    </Page>
  );
}
