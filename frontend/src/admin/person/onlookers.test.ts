import { describe, expect, it } from "vitest";
import { lookingByPerson, type Onlookers, REPEAT_MS, withNotice, withoutOld } from "./onlookers";

const NOBODY: Onlookers = new Map();
const textOf = (onlookers: Onlookers, id: string) => {
  const looking = lookingByPerson(onlookers).get(id);
  return looking && `${looking.names} ${looking.does}`;
};
const looking = (viewer: string, participant_id: string | null, name: string | null) =>
  ({ type: "looking", viewer, participant_id, name }) as const;

describe("onlookers", () => {
  it("are named on the page of their person only", () => {
    const one = withNotice(NOBODY, looking("1", "ada", "Sam"), 0);
    expect(textOf(one, "ada")).toBe("Sam is looking at this");
    expect(textOf(one, "ben")).toBeUndefined();
  });

  it("are counted where they give no name", () => {
    const one = withNotice(NOBODY, looking("1", "ada", null), 0);
    expect(textOf(one, "ada")).toBe("Another invigilator is looking at this");
    const two = withNotice(one, looking("2", "ada", "Sam"), 0);
    expect(textOf(two, "ada")).toBe("Sam and another invigilator are looking at this");
  });

  it("move on, and leave", () => {
    const one = withNotice(NOBODY, looking("1", "ada", "Sam"), 0);
    expect(textOf(withNotice(one, looking("1", "ben", "Sam"), 1), "ada")).toBeUndefined();
    expect(withoutOld(withNotice(one, looking("1", null, null), 1), 1).size).toBe(0);
  });

  it("are forgotten when they fall silent", () => {
    const one = withNotice(NOBODY, looking("1", "ada", "Sam"), 0);
    expect(withoutOld(one, 2 * REPEAT_MS)).toBe(one);
    expect(withoutOld(one, 4 * REPEAT_MS).size).toBe(0);
  });
});
