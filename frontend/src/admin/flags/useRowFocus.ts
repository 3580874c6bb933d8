import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Flag } from "../../api/types";
import { listStep } from "./listStep";
import type { Flags } from "./useFlags";

export interface RowFocus {
  /** Place of the only row that is a tab stop: the last visited, or the first. */
  current: number;
  setCurrentId: (id: number) => void;
  focusRow: (place: number) => void;
  moveFocus: (event: KeyboardEvent) => void;
}

/** Arrow keys, j and k move the focus through the rows ("roving tabindex"), and load older pages at the end. */
export function useRowFocus(
  list: RefObject<HTMLElement | null>,
  flags: readonly Flag[],
  { hasOlder, older }: Pick<Flags, "hasOlder" | "older">,
): RowFocus {
  const [currentId, setCurrentId] = useState<number | null>(null);
  const wantedPlace = useRef<number | null>(null);
  const current = Math.max(
    0,
    flags.findIndex(({ id }) => id === currentId),
  );

  function buttonAt(place: number): HTMLElement | null {
    return list.current?.querySelector<HTMLElement>(`[data-index="${place}"] button`) ?? null;
  }

  function focusRow(place: number) {
    // Synchronously: a row far away is rendered only when it is the current one.
    flushSync(() => setCurrentId(flags[place]?.id ?? null));
    buttonAt(place)?.focus();
  }

  function moveFocus(event: KeyboardEvent) {
    const step = listStep(event);
    if (step === 0) return;
    event.preventDefault();
    const place = current + step;
    if (flags[place]) return focusRow(place);
    if (step === -1 || !hasOlder) return;
    // At the end: focus the next row once the next page is loaded. A failure shows next to the button there.
    wantedPlace.current = place;
    older().catch(() => undefined);
  }

  useEffect(() => {
    const wanted = wantedPlace.current;
    if (wanted === null || flags.length <= wanted) return;
    wantedPlace.current = null;
    // After this commit: React flushes nothing during one.
    if (document.activeElement === buttonAt(wanted - 1)) queueMicrotask(() => focusRow(wanted));
  });

  return { current, setCurrentId, focusRow, moveFocus };
}
