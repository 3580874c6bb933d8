import { type ConcernKind, isSameCause } from "./concerns";

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

/** A warning that returns this soon is the same message. */
const PAUSE_MS = 30_000;

/** Record what the candidate is warned of from now on; null ends the warning. */
export function recordConcern(
  episodes: readonly Episode[],
  concern: ConcernKind | null,
  at: number,
): readonly Episode[] {
  const last = episodes.at(-1);
  if (concern && last && isSameCause(last.kind, concern) && at - (last.until ?? at) <= PAUSE_MS) {
    return [...episodes.slice(0, -1), { ...last, kind: concern, until: null }];
  }
  const ended = endEpisodes(episodes, at);
  return concern ? [...ended, { kind: concern, from: at, until: null }] : ended;
}

export function endEpisodes(episodes: readonly Episode[], at: number): readonly Episode[] {
  return episodes.map((episode) => (episode.until === null ? { ...episode, until: at } : episode));
}
