import { type DOMAttributes, type UIEvent, useMemo, useState } from "react";

type Hold = "pointer" | "focus" | "scrolled";

/** Whether somebody is at work in an element: they point into it, have the focus there, or have scrolled down. */
export function useHold(): [boolean, DOMAttributes<HTMLElement>] {
  const [holds, setHolds] = useState<ReadonlySet<Hold>>(new Set());
  const handlers = useMemo(() => {
    function set(hold: Hold, active: boolean) {
      setHolds((before) => {
        if (before.has(hold) === active) return before;
        const after = new Set(before);
        if (active) after.add(hold);
        else after.delete(hold);
        return after;
      });
    }
    return {
      onPointerEnter: () => set("pointer", true),
      onPointerLeave: () => set("pointer", false),
      onFocus: () => set("focus", true),
      onBlur: () => set("focus", false),
      onScroll: ({ currentTarget }: UIEvent) => set("scrolled", currentTarget.scrollTop > 0),
    };
  }, []);
  return [holds.size > 0, handlers];
}
