import type { FlagKind, KindPrecision } from "../../api/types";

/** How many reviewed incidents of the kind, or of all kinds, were confirmed; empty while none is reviewed. */
export function precisionLabel(kinds: readonly KindPrecision[], kind: FlagKind | ""): string {
  const shown = kinds.filter((one) => one.decided > 0 && (kind === "" || one.kind === kind));
  const decided = sum(shown.map((one) => one.decided));
  if (decided === 0) return "";
  const confirmed = `${sum(shown.map((one) => one.confirmed))} of ${decided} reviewed incidents confirmed`;
  const [only] = shown;
  // Kinds differ: an interval over all of them would say nothing about any.
  if (shown.length > 1 || only?.low == null || only.high == null) return confirmed;
  return `${confirmed} (95 % interval ${percent(only.low)}–${percent(only.high)} %)`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function percent(share: number): string {
  return (share * 100).toFixed(0);
}
