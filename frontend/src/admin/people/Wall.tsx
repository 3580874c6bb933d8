import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type DOMAttributes, type UIEvent, useLayoutEffect, useRef } from "react";
import type { Person } from "../../api/types";
import type { Looking } from "../person/onlookers";
import type { Attention } from "./attention";
import type { View } from "./filter";
import { GAP_PX, gridOf, HEADING_PX, highestOf, type Row, rowsOf, type SectionName } from "./grid";
import { PersonRow } from "./PersonRow";
import { PersonTile } from "./PersonTile";
import type { Sections } from "./sections";
import { useGridFocus } from "./useGridFocus";
import { useSize } from "./useSize";
import styles from "./Wall.module.css";

interface Props {
  people: ReadonlyMap<string, Person>;
  sections: Sections;
  attention: Attention;
  onlookers: ReadonlyMap<string, Looking>;
  clockOffset: number;
  view: View;
  /** Width of a tile. */
  sizeRem: number;
  /** Notices when somebody is at work in the wall. */
  hold: DOMAttributes<HTMLElement>;
  linkOf: (participantId: string) => string;
  onOpen: (participantId: string) => void;
  onSeen: (participantIds: readonly string[]) => void;
}

const TITLES: Record<SectionName, string> = { attention: "Needs attention", others: "Everyone else" };

/** Kept for an invigilator who comes back from a person's page. */
let lastScrollTop = 0;

/** The people as tiles or as a list. Only those near the visible part are rendered. */
export function Wall({
  people,
  sections,
  attention,
  onlookers,
  clockOffset,
  view,
  sizeRem,
  hold,
  linkOf,
  onOpen,
  onSeen,
}: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const { widthPx, topPx, remPx } = useSize(scroller);
  const grid = gridOf(view, widthPx, sizeRem, remPx);
  const rows = widthPx > 0 ? rowsOf(sections, grid.columns) : [];
  const idsOf = ({ section, first }: Row) =>
    first === null ? [] : sections[section].slice(first, first + grid.columns);
  const { current, setCurrent, moveFocus } = useGridFocus(
    scroller,
    rows.map(idsOf).filter((ids) => ids.length > 0),
  );
  const currentRow = rows.findIndex((row) => current !== undefined && idsOf(row).includes(current));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.first === null ? HEADING_PX : grid.tileHeight),
    gap: GAP_PX,
    overscan: 2,
    // A new function each time: sizes are computed anew.
    getItemKey: (index) => index,
    rangeExtractor: (range) =>
      [...new Set([Math.max(0, currentRow), ...defaultRangeExtractor(range)])].sort((a, b) => a - b),
  });
  const items = virtual.getVirtualItems();

  const isLaidOut = rows.length > 0;
  useLayoutEffect(() => {
    if (isLaidOut && scroller.current) scroller.current.scrollTop = lastScrollTop;
  }, [isLaidOut]);

  function handleScroll(event: UIEvent<HTMLElement>) {
    lastScrollTop = event.currentTarget.scrollTop;
    hold.onScroll?.(event);
  }

  const Tile = view === "wall" ? PersonTile : PersonRow;

  function renderTiles(section: SectionName) {
    return items.flatMap(({ index, start }) => {
      const row = rows[index];
      if (row?.section !== section || row.first === null) return [];
      const first = row.first;
      // Only what can be seen loads its picture.
      const { range } = virtual;
      const isVisible = range !== null && index >= range.startIndex && index <= range.endIndex;
      return idsOf(row).map((id, column) => (
        <Tile
          key={id}
          person={people.get(id)}
          link={linkOf(id)}
          left={column * (grid.tileWidth + GAP_PX)}
          top={start}
          width={grid.tileWidth}
          height={grid.tileHeight}
          place={first + column + 1}
          count={sections[section].length}
          clockOffset={clockOffset}
          isCurrent={id === current}
          looking={onlookers.get(id)}
          isNew={attention.get(id)?.seen === false}
          isVisible={isVisible}
          onOpen={onOpen}
          onFocus={setCurrent}
        />
      ));
    });
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens to what its tiles do
    <div
      ref={scroller}
      className={styles.wall}
      style={{ maxHeight: `max(70dvh, calc(100dvh - ${topPx}px - 1rem))` }}
      onKeyDown={moveFocus}
      {...hold}
      onScroll={handleScroll}
    >
      <div
        className={styles.content}
        style={{
          height: virtual.getTotalSize(),
          minHeight: highestOf(sections.attention.length + sections.others.length, grid),
        }}
      >
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row?.first !== null) return null;
          const ids = sections[row.section];
          return (
            <div key={row.section} className={styles.heading} style={{ top: start, height: HEADING_PX }}>
              <h3>{TITLES[row.section]}</h3>
              <span className="quiet">{ids.length}</span>
              {row.section === "attention" && (
                <button type="button" onClick={() => onSeen(ids)}>
                  Mark all as seen
                </button>
              )}
            </div>
          );
        })}
        {(["attention", "others"] as const).map((section) => {
          const tiles = renderTiles(section);
          return (
            tiles.length > 0 && (
              <ul key={section} className="plain" aria-label={TITLES[section]}>
                {tiles}
              </ul>
            )
          );
        })}
      </div>
    </div>
  );
}
