import type { ConcernKind } from "./concerns";

/** A period in which the candidate was warned. `until` is null while it lasts. */
export interface Episode {
  kind: ConcernKind;
  from: number;
  until: number | null;
}

/** What the page has shown of the checking so far; kept over a reload. */
export interface ExamRecord {
  /** How many frames were judged. */
  judged: number;
  /** Oldest first. */
  episodes: readonly Episode[];
}
