import type { Person } from "../../api/types";
import type { Attention } from "./attention";
import { compare, matches, type PeopleFilter } from "./filter";

/** Ids of the people in both parts of the wall, in order. */
export interface Sections {
  attention: readonly string[];
  others: readonly string[];
}

/** Those who match the filter, sorted. A state never changes the order within a section. */
export function sortPeople(people: readonly Person[], attention: Attention, filter: PeopleFilter): Sections {
  const sorted = people.filter((person) => matches(person, filter)).sort(compare(filter.sort));
  const ids = sorted.map(({ participant_id }) => participant_id);
  return {
    attention: ids.filter((id) => attention.has(id)),
    others: ids.filter((id) => !attention.has(id)),
  };
}

/** Leave everyone in place; people who are new come last. */
export function keepPlaces(shown: Sections, wanted: Sections): Sections {
  const known = new Set([...shown.attention, ...shown.others]);
  const added = [...wanted.attention, ...wanted.others].filter((id) => !known.has(id));
  return added.length > 0 ? { ...shown, others: [...shown.others, ...added] } : shown;
}

export function isSame(one: Sections, other: Sections): boolean {
  return isSameList(one.attention, other.attention) && isSameList(one.others, other.others);
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, place) => id === other[place]);
}
