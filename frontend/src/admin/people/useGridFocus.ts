import { type KeyboardEvent, type RefObject, useState } from "react";
import { flushSync } from "react-dom";
import { hasModifier } from "../flags/listStep";

interface GridFocus {
  /** The only tile that is a tab stop: the last that had the focus, or the first. */
  current: string | undefined;
  setCurrent: (id: string) => void;
  moveFocus: (event: KeyboardEvent) => void;
}

/** Arrow keys, Home and End move the focus through rows of tiles ("roving tabindex"). */
export function useGridFocus(
  grid: RefObject<HTMLElement | null>,
  rows: readonly (readonly string[])[],
): GridFocus {
  const [wanted, setCurrent] = useState<string>();
  const current = rows.some((row) => wanted !== undefined && row.includes(wanted)) ? wanted : rows[0]?.[0];

  function moveFocus(event: KeyboardEvent) {
    const next = current && !hasModifier(event) ? neighbour(rows, current, event.key) : undefined;
    if (!next) return;
    event.preventDefault();
    // Synchronously: a tile far away is rendered only when it is the current one.
    flushSync(() => setCurrent(next));
    grid.current?.querySelector<HTMLElement>(`[data-person="${next}"]`)?.focus();
  }

  return { current, setCurrent, moveFocus };
}

/** The tile that a key leads to; undefined if it is no such key, or there is none. */
export function neighbour(
  rows: readonly (readonly string[])[],
  current: string,
  key: string,
): string | undefined {
  const all = rows.flat();
  const row = rows.findIndex((ids) => ids.includes(current));
  const column = rows[row]?.indexOf(current) ?? 0;
  const inRow = (ids: readonly string[] | undefined) => ids?.[Math.min(column, ids.length - 1)];
  switch (key) {
    case "ArrowRight":
      return all[all.indexOf(current) + 1];
    case "ArrowLeft":
      return all[all.indexOf(current) - 1];
    case "ArrowDown":
      return inRow(rows[row + 1]);
    case "ArrowUp":
      return inRow(rows[row - 1]);
    case "Home":
      return all[0];
    case "End":
      return all.at(-1);
    default:
      return undefined;
  }
}
