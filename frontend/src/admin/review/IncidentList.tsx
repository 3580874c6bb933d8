import { type RefObject, useEffect } from "react";
import type { Incident } from "../../api/types";
import { useVirtualRows } from "../flags/useVirtualRows";
import styles from "./IncidentList.module.css";
import { IncidentRow } from "./IncidentRow";

interface Props {
  list: RefObject<HTMLOListElement | null>;
  incidents: readonly Incident[];
  /** Place of the selected incident; -1 if it is not listed. */
  current: number;
  hasMore: boolean;
  onMore: () => void;
  onSelect: (id: number) => void;
  /** The picture of an incident could not be loaded. */
  onBroken: (id: number) => void;
}

/** Rows before the end from which the next page is read: nobody should have to wait for it. */
const AHEAD = 50;

/** The incidents; only rows near the visible part are rendered, and the selected one. */
export function IncidentList({ list, incidents, current, hasMore, onMore, onSelect, onBroken }: Props) {
  const rows = useVirtualRows(list, incidents, Math.max(0, current));
  const items = rows.getVirtualItems();
  const last = Math.max(current, items.at(-1)?.index ?? 0);
  const needsMore = hasMore && last >= incidents.length - AHEAD;
  useEffect(() => {
    if (needsMore) onMore();
  }, [needsMore, onMore]);

  return (
    <ol className={`plain ${styles.list}`} style={{ height: rows.getTotalSize() }} ref={list}>
      {items.map(({ index, start }) => {
        const incident = incidents[index];
        return (
          incident && (
            <li
              key={incident.id}
              ref={rows.measureElement}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={hasMore ? -1 : incidents.length}
              style={{ top: start - rows.options.scrollMargin }}
            >
              <IncidentRow
                incident={incident}
                isCurrent={index === Math.max(0, current)}
                onSelect={onSelect}
                onBroken={onBroken}
              />
            </li>
          )
        );
      })}
    </ol>
  );
}
