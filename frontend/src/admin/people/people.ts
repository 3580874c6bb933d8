import type { People, Person } from "../../api/types";

/** The people listed now, and those erased since the page was opened. */
export interface Listed {
  /** null before the first answer. */
  people: People | null;
  /** As last listed. People disappear from the list only by being erased, here or in another window. */
  erased: readonly Person[];
}

export const NOBODY: Listed = { people: null, erased: [] };

/** Merge the server's answer, which may predate an erasure. */
export function follow({ people, erased }: Listed, answer: People): Listed {
  const now = idsOf(answer.people);
  const missing = (people?.people ?? []).filter(({ participant_id }) => !now.has(participant_id));
  const all = missing.length > 0 ? [...erased, ...missing] : erased;
  return { people: { ...answer, people: without(answer.people, all) }, erased: all };
}

/** Remove people who were erased on this page, before the server's next answer. */
export function drop(listed: Listed, gone: readonly Person[]): Listed {
  const { people } = listed;
  return people ? follow(listed, { ...people, people: without(people.people, gone) }) : listed;
}

/** The rows that do not belong to any of these people. */
export function without<T extends { participant_id: string }>(
  rows: readonly T[],
  people: readonly Person[],
): T[] {
  const ids = idsOf(people);
  return rows.filter(({ participant_id }) => !ids.has(participant_id));
}

export function isAmong(people: readonly Person[], participantId: string | undefined): boolean {
  return people.some(({ participant_id }) => participant_id === participantId);
}

function idsOf(people: readonly Person[]): Set<string> {
  return new Set(people.map(({ participant_id }) => participant_id));
}
