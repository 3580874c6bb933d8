import type { ConcernKind } from "./concerns";

/** Something was wrong from one moment to another; `until` is null while it still is. */
export interface Episode {
  kind: ConcernKind;
  from: number;
  until: number | null;
}

/** What a candidate has seen of the exam so far. */
export interface ExamRecord {
  judged: number;
  /** Oldest first. */
  episodes: readonly Episode[];
}
