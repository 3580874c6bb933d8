import { useCallback, useMemo, useRef } from "react";
import { flushSync } from "react-dom";
import type { FlagFilter } from "../../api/gateway";
import type { Flag, Person } from "../../api/types";
import { timeOfDay } from "../../ui/time";
import { Nothing } from "../Panel";
import { without } from "../people/people";
import styles from "./FlagList.module.css";
import { FlagRow } from "./FlagRow";
import { FlagViewer } from "./FlagViewer";
import { OlderFlags } from "./OlderFlags";
import { useFlags } from "./useFlags";
import { useOpenedFlag } from "./useOpenedFlag";
import { useRowFocus } from "./useRowFocus";
import { useVirtualRows } from "./useVirtualRows";

interface Props {
  meetingId: string;
  adminKey: string;
  filter: FlagFilter;
  erased: readonly Person[];
}

/** The flags, newest first; Enter opens one. */
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
  const { current, setCurrentId, focusRow, moveFocus } = useRowFocus(list, flags, { hasOlder, older });
  const rows = useVirtualRows(list, flags, current);
  const { open, ...viewer } = useOpenedFlag(flags, erased, { hasOlder, older });

  const openRow = useCallback(
    (flag: Flag) => {
      setCurrentId(flag.id);
      open(flag);
    },
    [open, setCurrentId],
  );

  function close() {
    const place = flags.findIndex(({ id }) => id === viewer.flag?.id);
    // Synchronously: the dialog restores the focus to the row it was opened from, and we move it to the last one viewed.
    flushSync(viewer.close);
    if (place >= 0) focusRow(place);
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
      <ol
        className={`plain ${styles.list}`}
        style={{ height: rows.getTotalSize() }}
        ref={list}
        onKeyDown={moveFocus}
      >
        {rows.getVirtualItems().map(({ index, start }) => {
          const flag = flags[index];
          return (
            flag && (
              <li
                key={flag.id}
                ref={rows.measureElement}
                data-index={index}
                aria-posinset={index + 1}
                aria-setsize={hasOlder ? -1 : flags.length}
                style={{ top: start - rows.options.scrollMargin }}
              >
                <FlagRow flag={flag} isCurrent={index === current} onOpen={openRow} onFocus={setCurrentId} />
              </li>
            )
          );
        })}
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
