import type { Flag } from "../api/types";

/** The engine's score of its least sure face: the one that the flag hangs on. */
export function sureness({ findings: { faces } }: Flag): string {
  if (faces.length === 0) return "No face";
  return `Weakest face scored ${Math.min(...faces.map(({ score }) => score)).toFixed(2)}`;
}
