import { describe, expect, it } from "vitest";
import type { Person, PersonState } from "../../api/types";
import { markSeen, NO_ATTENTION, STAY_MS, updateAttention } from "./attention";
import { formatFilter, matches, parseFilter } from "./filter";
import { GAP_PX, gridOf, HEADING_PX, highestOf, rowsOf } from "./grid";
import { keepPlaces, sortPeople } from "./sections";
import { neighbour } from "./useGridFocus";

const NOW = Date.UTC(2026, 0, 1);

function person(number: number, name = `Person ${number}`, state: PersonState = "verified"): Person {
  return {
    participant_id: `id ${number}`,
    number,
    name,
    state,
    last_frame_at: new Date(NOW).toISOString(),
    coverage: "v".repeat(30),
    open_incidents: 0,
  } as Person;
}

const flagged = person(1, "Ada", "flagged");
const recovered = person(1, "Ada", "verified");
const idsOf = (attention: ReadonlyMap<string, unknown>) => [...attention.keys()];

describe("the section of those who need attention", () => {
  it("holds who was flagged until they were looked at, and for minutes", () => {
    const before = updateAttention(NO_ATTENTION, [flagged], NOW);
    const hours = updateAttention(before, [recovered], NOW + 100 * STAY_MS);
    expect(idsOf(hours)).toEqual(["id 1"]);

    const seen = markSeen(before, ["id 1"]);
    const soon = updateAttention(seen, [recovered], NOW + STAY_MS - 1);
    expect(idsOf(soon)).toEqual(["id 1"]);
    expect(idsOf(updateAttention(soon, [recovered], NOW + STAY_MS))).toEqual([]);
  });

  it("asks to look again when somebody is flagged again", () => {
    const seen = markSeen(updateAttention(NO_ATTENTION, [flagged], NOW), ["id 1"]);
    expect(updateAttention(seen, [flagged], NOW + 1).get("id 1")?.seen).toBe(true);

    const between = updateAttention(seen, [recovered], NOW + 2);
    expect(updateAttention(between, [flagged], NOW + 3).get("id 1")?.seen).toBe(false);
  });

  it("knows from the minutes who was flagged before the page was opened", () => {
    const person = { ...recovered, coverage: `${"v".repeat(28)}fv`, open_incidents: 1 };
    expect(idsOf(updateAttention(NO_ATTENTION, [person], NOW))).toEqual(["id 1"]);
    expect(idsOf(updateAttention(NO_ATTENTION, [{ ...person, open_incidents: 0 }], NOW))).toEqual([]);
  });

  it("holds nobody who is away on a break", () => {
    const onBreak = { break_until: new Date(NOW + 60_000).toISOString() };
    const states = ["offline", "stale", "flagged"] as const;
    const people = states.map((state, place) => ({ ...person(place, "Ada", state), ...onBreak }));
    expect(idsOf(updateAttention(NO_ATTENTION, people, NOW))).toEqual(["id 2"]);
  });

  it("holds who has not come back from a break, however long it was", () => {
    const late = { ...person(1, "Ada", "offline"), last_frame_at: new Date(NOW - 3_600_000).toISOString() };
    expect(idsOf(updateAttention(NO_ATTENTION, [late], NOW + 60_000))).toEqual([]);

    const expected = { ...late, last_break_ended_at: new Date(NOW).toISOString() };
    expect(idsOf(updateAttention(NO_ATTENTION, [expected], NOW + 60_000))).toEqual(["id 1"]);
  });

  it("holds who went offline a moment ago, not who never came", () => {
    const offline = person(1, "Ada", "offline");
    const never = { ...person(2, "Ben", "offline"), last_frame_at: null };
    expect(idsOf(updateAttention(NO_ATTENTION, [offline, never], NOW + 60_000))).toEqual(["id 1"]);
    expect(idsOf(updateAttention(NO_ATTENTION, [offline], NOW + 3_600_000))).toEqual([]);
  });
});

describe("the order", () => {
  const people = [person(2, "Ben"), person(10, "Ada"), person(9, "Ada"), person(1, "Cleo", "flagged")];
  const filter = parseFilter("");

  it("does not depend on states", () => {
    const order = sortPeople(people, NO_ATTENTION, filter).others;
    expect(order).toEqual(["id 9", "id 10", "id 2", "id 1"]);
    const worse = people.map((one) => ({ ...one, state: "flagged" as const }));
    expect(sortPeople(worse, NO_ATTENTION, filter).others).toEqual(order);
    expect(sortPeople(people, NO_ATTENTION, parseFilter("?sort=number")).others[0]).toBe("id 1");
    expect(sortPeople(people, NO_ATTENTION, parseFilter("?sort=newest")).others[0]).toBe("id 10");
  });

  it("keeps everyone's place, also of the erased, and adds newcomers at the end", () => {
    const shown = sortPeople(people, NO_ATTENTION, filter);
    const attention = updateAttention(NO_ATTENTION, people, NOW);
    const wanted = sortPeople([...people.slice(1), person(11, "Aaron")], attention, filter);
    expect(wanted.attention).toEqual(["id 1"]);

    const kept = keepPlaces(shown, wanted);
    expect(kept).toEqual({ attention: [], others: [...shown.others, "id 11"] });
    expect(keepPlaces(shown, shown)).toBe(shown);
  });
});

describe("the filter", () => {
  it("finds names without their accents, and numbers", () => {
    const found = (search: string) =>
      [person(1, "Jūratė Müller"), person(12, "Ada 1")]
        .filter((one) => matches(one, { ...parseFilter(""), search }))
        .map(({ number }) => number);
    expect(found("jurate")).toEqual([1]);
    expect(found(" MÜLLER ")).toEqual([1]);
    expect(found("12")).toEqual([12]);
    expect(found("1")).toEqual([1, 12]);
    expect(found("#1")).toEqual([1]);
    expect(found("nobody")).toEqual([]);
  });

  it("is in the address, beside what else is there", () => {
    const query = "?state=flagged,dark&sort=newest&view=list&search=%231+M%C3%BCller";
    const filter = parseFilter(query);
    expect(filter).toEqual({
      search: "#1 Müller",
      states: ["flagged", "dark"],
      sort: "newest",
      view: "list",
    });
    expect(parseFilter(formatFilter(filter, "?as=candidate"))).toEqual(filter);
    expect(formatFilter(filter, "?as=candidate")).toContain("as=candidate");
    expect(formatFilter(parseFilter("?state=unknown&sort=toString"), query)).toBe("");
  });
});

describe("the grid", () => {
  it("fills the width with tiles of one size", () => {
    const { columns, tileWidth } = gridOf("wall", 1233, 6, 16);
    expect(columns).toBe(12);
    expect(1233 - columns * tileWidth - (columns - 1) * 6).toBeLessThan(columns);
    expect(gridOf("wall", 50, 6, 16).columns).toBe(1);
    expect(gridOf("list", 1233, 6, 16)).toMatchObject({ columns: 1, tileWidth: 1233 });
  });

  it("has headings only while somebody needs attention", () => {
    expect(rowsOf({ attention: [], others: ["a", "b", "c"] }, 2).map(({ first }) => first)).toEqual([0, 2]);
    expect(rowsOf({ attention: ["a"], others: ["b"] }, 2).map(({ first }) => first)).toEqual([
      null,
      0,
      null,
      0,
    ]);
  });

  it("has room for both sections from the start, so that what is below stays there", () => {
    const grid = { columns: 3, tileWidth: 90, tileHeight: 100 };
    for (const count of [0, 1, 2, 3, 4, 7, 12]) {
      const ids = Array.from({ length: count }, (_, place) => `${place}`);
      const heights = [...ids, ""].map((_, flagged) => {
        const rows = rowsOf({ attention: ids.slice(0, flagged), others: ids.slice(flagged) }, grid.columns);
        const pixels = rows.map(({ first }) => GAP_PX + (first === null ? HEADING_PX : grid.tileHeight));
        return Math.max(0, pixels.reduce((sum, height) => sum + height, 0) - GAP_PX);
      });
      expect(highestOf(count, grid)).toBe(Math.max(...heights));
    }
  });

  it("is walked through by arrow keys", () => {
    const rows = [["a", "b", "c"], ["d"], ["e", "f"]];
    const walk = (...keys: string[]) =>
      keys.reduce((current, key) => neighbour(rows, current, key) ?? current, "a");
    expect(walk("ArrowRight", "ArrowRight", "ArrowRight")).toBe("d");
    expect(walk("ArrowRight", "ArrowDown")).toBe("d");
    expect(walk("End", "ArrowUp", "ArrowUp", "ArrowLeft")).toBe("a");
    expect(walk("End", "ArrowDown", "x")).toBe("f");
    expect(walk("End", "Home")).toBe("a");
  });
});
