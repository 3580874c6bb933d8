import type { People, Person } from "../../api/types";

/** Everyone who is listed, and everyone who was and is not any more. */
export interface Listed {
  /** null before the first answer. */
  people: People | null;
  /** As they were last listed: nobody leaves a meeting's list but by being erased, here or in another window. */
  erased: readonly Person[];
}

export const NOBODY: Listed = { people: null, erased: [] };

/** Takes in the server's answer, which may have been on its way while somebody was erased. */
export function follow({ people, erased }: Listed, answer: People): Listed {
  const now = idsOf(answer.people);
  const missing = (people?.people ?? []).filter(({ participant_id }) => !now.has(participant_id));
  const all = missing.length > 0 ? [...erased, ...missing] : erased;
  return { people: { ...answer, people: without(answer.people, all) }, erased: all };
}

/** People were erased from this page: the server's next answer need not be waited for. */
export function drop(listed: Listed, gone: readonly Person[]): Listed {
  const { people } = listed;
  return people ? follow(listed, { ...people, people: without(people.people, gone) }) : listed;
}

/** The rows that are not about any of these people. */
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
