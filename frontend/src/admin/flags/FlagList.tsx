import { type KeyboardEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { FlagFilter } from "../../api/gateway";
import type { Flag, Person } from "../../api/types";
import { timeOfDay } from "../../ui/time";
import { Nothing } from "../Panel";
import { without } from "../people/people";
import styles from "./FlagList.module.css";
import { FlagRow } from "./FlagRow";
import { FlagViewer } from "./FlagViewer";
import { listStep } from "./listStep";
import { OlderFlags } from "./OlderFlags";
import { useFlags } from "./useFlags";
import { useOpenedFlag } from "./useOpenedFlag";

interface Props {
  meetingId: string;
  adminKey: string;
  filter: FlagFilter;
  erased: readonly Person[];
}

/** The flags, newest first. Arrow keys, j and k move through them; Enter opens one. */
export function FlagList({ meetingId, adminKey, filter, erased }: Props) {
  const {
    flags: all,
    loaded,
    hasOlder,
    older,
    review,
    error,
    answeredAt,
  } = useFlags(meetingId, adminKey, filter);
  // Flags loaded before a person was erased stay loaded for a while.
  const flags = useMemo(() => without(all, erased), [all, erased]);
  const list = useRef<HTMLOListElement>(null);
  const [currentId, setCurrentId] = useState<number | null>(null);
  const wantedRow = useRef<number | null>(null);
  const { open, ...viewer } = useOpenedFlag(flags, erased, { hasOlder, older });

  // Roving tabindex: only the last visited row, or the first, is a tab stop.
  const current = flags.some(({ id }) => id === currentId) ? currentId : flags[0]?.id;

  const openRow = useCallback(
    (flag: Flag) => {
      setCurrentId(flag.id);
      open(flag);
    },
    [open],
  );

  function rows(): HTMLElement[] {
    return [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
  }

  function moveFocus(event: KeyboardEvent) {
    const step = listStep(event);
    if (step === 0) return;
    event.preventDefault();
    const all = rows();
    const place = all.indexOf(event.target as HTMLElement) + step;
    if (all[place]) return all[place].focus();
    if (step === -1 || !hasOlder) return;
    // At the end: focus the next row once the next page is loaded. A failure shows next to the button there.
    wantedRow.current = place;
    older().catch(() => undefined);
  }

  useLayoutEffect(() => {
    const wanted = wantedRow.current;
    if (wanted === null || flags.length <= wanted) return;
    wantedRow.current = null;
    const all = rows();
    if (document.activeElement === all[wanted - 1]) all[wanted]?.focus();
  });

  function close() {
    const place = flags.findIndex(({ id }) => id === viewer.flag?.id);
    // Synchronously: the dialog restores the focus to the row it was opened from, and we move it to the last one viewed.
    flushSync(viewer.close);
    rows()[place]?.focus();
  }

  return (
    <>
      <p className="quiet" hidden={loaded && !error && flags.length === 0}>
        {error ? staleNotice(answeredAt) : count(flags.length, hasOlder, loaded)}
      </p>
      {loaded && flags.length === 0 && !hasOlder && (
        <Nothing>
          <span>{`Nothing was flagged${filter.participantId || filter.kind || filter.review ? " that matches this filter" : " so far"}.`}</span>
          <br />
          <span className="quiet">See under People whether everyone is being checked.</span>
        </Nothing>
      )}
      <ol className={`plain ${styles.list}`} ref={list} onKeyDown={moveFocus}>
        {flags.map((flag) => (
          <FlagRow
            key={flag.id}
            flag={flag}
            isCurrent={flag.id === current}
            onOpen={openRow}
            onFocus={setCurrentId}
          />
        ))}
      </ol>
      {hasOlder && <OlderFlags key={flags.length} onMore={older} />}
      {viewer.flag && (
        <FlagViewer
          flag={viewer.flag}
          hasNewer={viewer.hasNewer}
          hasOlder={viewer.hasOlder}
          onStep={viewer.step}
          onReview={review}
          onClose={close}
        />
      )}
    </>
  );
}

function count(flags: number, hasOlder: boolean, loaded: boolean): string {
  if (!loaded) return "Loading…";
  if (hasOlder) return `The newest ${flags}, older ones below`;
  return flags === 1 ? "One flag" : `${flags} flags, newest first`;
}

function staleNotice(answeredAt: number): string {
  return answeredAt
    ? `Not up to date. This list is from ${timeOfDay(answeredAt)}`
    : "The list could not be loaded";
}
