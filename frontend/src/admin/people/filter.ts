import type { Person, PersonState } from "../../api/types";
import { PERSON_STATES } from "./StateMark";

export const SORTS = { name: "Name", number: "Number", newest: "Last joined" } as const;
export type Sort = keyof typeof SORTS;
export const VIEWS = { wall: "Wall", list: "List" } as const;
export type View = keyof typeof VIEWS;

/** What of the people is shown, and how. It is in the page's address. */
export interface PeopleFilter {
  search: string;
  /** Only these; none means all. */
  states: readonly PersonState[];
  sort: Sort;
  view: View;
}

const isIn = <T extends string>(names: Record<T, unknown>, name: string | null): name is T =>
  name !== null && Object.hasOwn(names, name);

/** Read the filter from the query of an address. What is unknown there counts as not given. */
export function parseFilter(query: string): PeopleFilter {
  const given = new URLSearchParams(query);
  const [sort, view] = [given.get("sort"), given.get("view")];
  return {
    search: given.get("search") ?? "",
    states: (given.get("state") ?? "").split(",").filter((state) => isIn(PERSON_STATES, state)),
    sort: isIn(SORTS, sort) ? sort : "name",
    view: isIn(VIEWS, view) ? view : "wall",
  };
}

/** Write the filter into a query; other parts of the query stay. */
export function formatFilter({ search, states, sort, view }: PeopleFilter, query: string): string {
  const parts = new URLSearchParams(query);
  const values = {
    search,
    state: states.join(","),
    sort: sort === "name" ? "" : sort,
    view: view === "wall" ? "" : view,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value) parts.set(name, value);
    else parts.delete(name);
  }
  const written = parts.toString().replaceAll("%2C", ",");
  return written && `?${written}`;
}

/** Whether the person has the searched name or number, and one of the states. */
export function matches({ name, number, state }: Person, { search, states }: PeopleFilter): boolean {
  if (states.length > 0 && !states.includes(state)) return false;
  const wanted = fold(search.trim());
  if (/^#\d+$/.test(wanted)) return `#${number}` === wanted;
  return fold(name).includes(wanted) || String(number) === wanted;
}

/** Without case and accents: people type names without them. */
function fold(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true });

/** Compare two people in this order. No two are equal, so that the order is stable. */
export function compare(sort: Sort): (a: Person, b: Person) => number {
  switch (sort) {
    case "name":
      return (a, b) => COLLATOR.compare(a.name, b.name) || a.number - b.number;
    case "number":
      return (a, b) => a.number - b.number;
    case "newest":
      return (a, b) => b.number - a.number;
  }
}
