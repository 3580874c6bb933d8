import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { FlagFilter } from "../api/gateway";
import type { Flag, Person } from "../api/types";
import { timeOfDay } from "../ui/time";
import { FlagRow } from "./FlagRow";
import { FlagViewer } from "./FlagViewer";
import { OlderFlags } from "./OlderFlags";
import { isAmong, without } from "./people";
import { stepOf } from "./stepOf";
import { useFlags } from "./useFlags";

interface Props {
  meetingId: string;
  adminKey: string;
  filter: FlagFilter;
  erased: readonly Person[];
}

/** What was flagged, newest first. Arrow keys, j and k move through it; Enter opens. */
export function FlagList({ meetingId, adminKey, filter, erased }: Props) {
  const { flags: all, loaded, hasOlder, older, review, polling } = useFlags(meetingId, adminKey, filter);
  // What was read before somebody was erased is not read again for a while.
  const flags = useMemo(() => without(all, erased), [all, erased]);
  const list = useRef<HTMLOListElement>(null);
  const [currentId, setCurrentId] = useState<number | null>(null);
  const [opened, setOpened] = useState<Flag | null>(null);

  const open = useCallback((flag: Flag) => {
    setCurrentId(flag.id);
    setOpened(flag);
  }, []);

  // One stop for the Tab key: the row last visited, or else the first.
  const current = flags.some(({ id }) => id === currentId) ? currentId : flags[0]?.id;
  const place = opened ? flags.findIndex(({ id }) => id === opened.id) : -1;
  const shown = isAmong(erased, opened?.participant_id) ? null : (flags[place] ?? opened);

  function rows(): HTMLElement[] {
    return [...(list.current?.querySelectorAll<HTMLElement>(".flag-row") ?? [])];
  }

  function moveFocus(event: KeyboardEvent) {
    const step = stepOf(event);
    const all = rows();
    const next = all[all.indexOf(event.target as HTMLElement) + step];
    if (step === 0 || !next) return;
    event.preventDefault();
    next.focus();
  }

  function show(step: number) {
    const next = flags[place + step];
    if (next) open(next);
  }

  function close() {
    // At once, for the dialog hands the focus back to where it was opened; it belongs to where one got to.
    flushSync(() => setOpened(null));
    rows()[place]?.focus();
  }

  return (
    <>
      <p className="quiet" hidden={loaded && !polling.error && flags.length === 0}>
        {polling.error ? outdated(polling.answeredAt) : count(flags.length, hasOlder, loaded)}
      </p>
      {loaded && flags.length === 0 && !hasOlder && (
        <p className="nothing">
          <span>{`Nothing was flagged${filter.participantId || filter.kind ? " that fits this choice" : " so far"}.`}</span>
          <br />
          <span className="quiet">Whether everybody is being checked, you see under People.</span>
        </p>
      )}
      <ol className="plain flag-list" ref={list} onKeyDown={moveFocus}>
        {flags.map((flag) => (
          <FlagRow
            key={flag.id}
            flag={flag}
            isCurrent={flag.id === current}
            onOpen={open}
            onFocus={setCurrentId}
          />
        ))}
      </ol>
      {hasOlder && <OlderFlags key={flags.length} onMore={older} />}
      {shown && (
        <FlagViewer
          flag={shown}
          hasNewer={place > 0}
          hasOlder={place >= 0 && place < flags.length - 1}
          onStep={show}
          onReview={review}
          onClose={close}
        />
      )}
    </>
  );
}

function count(flags: number, hasOlder: boolean, loaded: boolean): string {
  if (!loaded) return "Asking the server…";
  if (hasOlder) return `The newest ${flags}, older ones below`;
  return flags === 1 ? "One flag" : `${flags} flags, newest first`;
}

function outdated(answeredAt: number | null): string {
  return answeredAt
    ? `Not up to date: this list is from ${timeOfDay(answeredAt)}`
    : "The list could not be fetched";
}
