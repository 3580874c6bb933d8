import type { KeyboardEvent } from "react";

/** Whether the key is a shortcut of the browser or the system. */
export function hasModifier({
  ctrlKey,
  metaKey,
  altKey,
}: Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "altKey">): boolean {
  return ctrlKey || metaKey || altKey;
}

/** Translate a key to a step in a list: 1 next, -1 previous, 0 any other key. */
export function listStep(event: KeyboardEvent): -1 | 0 | 1 {
  if (hasModifier(event)) return 0;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowRight":
    case "j":
      return 1;
    case "ArrowUp":
    case "ArrowLeft":
    case "k":
      return -1;
    default:
      return 0;
  }
}
