import type { KeyboardEvent } from "react";

/** Whether a key belongs to the browser or the system rather than to us. */
export function hasModifier({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey;
}

/** Which way a key moves in a list that runs downwards: 1 to the next, -1 back, 0 for any other key. */
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
