import { defaultRangeExtractor, useWindowVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** Until a row is measured. */
const ROW_PX = 90;
const GAP_PX = 6.4;

/** Lay out the rows near the visible part of the page, and the row at `current` for the focus. */
export function useVirtualRows(
  list: RefObject<HTMLElement | null>,
  rows: readonly { id: number }[],
  current: number,
): Virtualizer<Window, HTMLLIElement> {
  const [listTop, setListTop] = useState(0);
  // Estimates must match: where each row grows as it is measured, End stops above the end.
  const measuredPx = useRef<number | null>(null);
  // After every render: what stands above the list may have changed.
  useLayoutEffect(() => {
    if (list.current) setListTop(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
  });
  const scrolledPx = window.scrollY - listTop;
  return useWindowVirtualizer<HTMLLIElement>({
    count: rows.length,
    estimateSize: () => measuredPx.current ?? ROW_PX,
    gap: GAP_PX,
    overscan: 10,
    scrollMargin: listTop,
    getItemKey: (index) => rows[index]?.id ?? index,
    measureElement: (row, _, { measurementsCache }) => {
      const { height } = row.getBoundingClientRect();
      // A row keeps its size while the list is hidden on a narrow screen.
      if (!height) return measurementsCache[Number(row.dataset.index)]?.size ?? ROW_PX;
      measuredPx.current ??= height;
      return height;
    },
    rangeExtractor: (range) =>
      [...new Set([current, ...defaultRangeExtractor(range)])].sort((one, other) => one - other),
    // New flags at the top do not move the rows that are being read, nor the people beside a list that has ended above.
    anchorTo: scrolledPx > 0 && scrolledPx < (list.current?.offsetHeight ?? 0) ? "end" : "start",
  });
}
