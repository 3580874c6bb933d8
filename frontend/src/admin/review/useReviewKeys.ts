import { useEffect, useRef } from "react";

/** What the keys do. */
export interface ReviewKeys {
  step: (direction: -1 | 1) => void;
  picture: (direction: -1 | 1) => void;
  confirm: () => void;
  dismiss: () => void;
  undo: () => void;
  reason: () => void;
  help: () => void;
}

const TYPING = "input, select, textarea, [contenteditable]";

/** Handle the keys of the inbox wherever the focus is, unless somebody types or a dialog is open. */
export function useReviewKeys(keys: ReviewKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const { target, ctrlKey, metaKey, altKey } = event;
      if (event.defaultPrevented || ctrlKey || metaKey || altKey) return;
      if (target instanceof Element && target.closest(TYPING)) return;
      if (document.querySelector("dialog[open]")) return;
      const action = actionOf(event.key, latest.current);
      if (!action) return;
      event.preventDefault();
      action();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function actionOf(key: string, keys: ReviewKeys): (() => void) | undefined {
  switch (key.toLowerCase()) {
    case "j":
    case "arrowdown":
      return () => keys.step(1);
    case "k":
    case "arrowup":
      return () => keys.step(-1);
    case "arrowright":
      return () => keys.picture(1);
    case "arrowleft":
      return () => keys.picture(-1);
    case "c":
      return keys.confirm;
    case "d":
      return keys.dismiss;
    case "u":
      return keys.undo;
    case "r":
      return keys.reason;
    case "?":
      return keys.help;
    default:
      return undefined;
  }
}
