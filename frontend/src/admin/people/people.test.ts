import { describe, expect, it } from "vitest";
import type { People, Person } from "../../api/types";
import { drop, follow, type Listed, NOBODY } from "./people";

const person = (name: string): Person => ({ participant_id: `id of ${name}`, name }) as Person;
const answer = (...names: string[]): People => ({ people: names.map(person) }) as People;
const namesIn = ({ people, erased }: Listed) =>
  [people?.people ?? [], erased].map((all) => all.map(({ name }) => name));

describe("the list of people", () => {
  it("reports people erased in another window", () => {
    const before = follow(NOBODY, answer("Ada", "Ben"));

    expect(namesIn(before)).toEqual([["Ada", "Ben"], []]);
    expect(namesIn(follow(before, answer("Ben", "Cleo")))).toEqual([["Ben", "Cleo"], ["Ada"]]);
  });

  it("drops people erased here at once, despite a late answer", () => {
    const erased = drop(follow(NOBODY, answer("Ada", "Ben")), [person("Ada")]);
    expect(namesIn(erased)).toEqual([["Ben"], ["Ada"]]);

    const late = follow(erased, answer("Ada", "Ben"));
    expect(namesIn(late)).toEqual([["Ben"], ["Ada"]]);
    expect(namesIn(follow(late, answer("Ben")))).toEqual([["Ben"], ["Ada"]]);
  });

  it("reports an erasure once when the list is refreshed first", () => {
    const listed = follow(follow(NOBODY, answer("Ada", "Ben")), answer("Ben"));

    expect(namesIn(drop(listed, [person("Ada")]))).toEqual([["Ben"], ["Ada"]]);
  });
});
