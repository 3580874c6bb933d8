import { describe, expect, it } from "vitest";
import type { Job } from "../../api/types";
import { type ConcernKind, concernIn, nextConcern } from "./concerns";
import { recordConcern } from "./record";

/** One frame each; in capitals when it is flagged. */
const FRAMES: Record<string, Partial<Job>> = {
  f: { faces: 1, flags: [], picture: "good" },
  d: { faces: 1, flags: [], picture: "dim" },
  m: { faces: 2, flags: ["multiple_faces"], picture: "good" },
  s: { faces: 2, flags: [], picture: "good" },
  n: { faces: 0, flags: [], picture: "good" },
  N: { faces: 0, flags: ["no_face"], picture: "dim" },
  h: { faces: 0, face_hidden: true, flags: [], picture: "good" },
  H: { faces: 0, face_hidden: true, flags: ["face_hidden"], picture: "good" },
  u: { faces: 0, flags: [], picture: "unusable" },
  U: { faces: 0, flags: ["technical"], picture: "unusable" },
};
const SECONDS_PER_FRAME = 5;

/** The concern after each of these frames, and the messages so far. */
function sit(frames: string) {
  const shown: (ConcernKind | null)[] = [];
  let concern: ConcernKind | null = null;
  let previous: ConcernKind | null = null;
  let messages: ReturnType<typeof recordConcern> = [];
  for (const [number, letter] of [...frames].entries()) {
    const current = concernIn(FRAMES[letter] as Job, concern);
    concern = nextConcern(concern, previous, current);
    previous = current;
    messages = recordConcern(messages, concern, number * SECONDS_PER_FRAME * 1_000);
    shown.push(concern);
  }
  return { shown, messages };
}

/** How often what is shown changes, the first change from nothing included. */
function changes(shown: readonly (ConcernKind | null)[]): number {
  return shown.filter((concern, number) => concern !== (shown[number - 1] ?? null)).length;
}

describe("one cause is one message", () => {
  it.each([
    ["a covered camera", "uuUuuuuuuuff", "technical"],
    ["an absence that is flagged", "nnNnnnnnnnff", "no_face"],
    ["a dark room in which a face is found now and then", "uufuuUfuufuuff", "technical"],
    ["a face at the limit of the detector", "nnfnnNfnnfnnff", "no_face"],
    ["dark and empty pictures in turn", "unuNununununff", "no_face"],
    ["a hidden face where a meeting flags it", "hhHhhhhff", "face_hidden"],
    ["a second person at the edge", "mmsmfmsmmfmff", "multiple_faces"],
  ])("%s", (_, frames, kind) => {
    const { shown, messages } = sit(frames);
    expect(changes(shown)).toBe(2);
    expect(shown.at(-1)).toBeNull();
    expect(messages).toMatchObject([{ kind }]);
    expect(messages[0]?.until).toBe((frames.length - 1) * SECONDS_PER_FRAME * 1_000);
  });

  it("counts a warning that returns within half a minute once, and a later one again", () => {
    expect(sit("nnffffnnff").messages).toHaveLength(1);
    expect(sit("nnfffffffffnnff").messages).toHaveLength(2);
  });

  it("counts nobody and a second person apart", () => {
    expect(sit("nnmmff").messages).toMatchObject([{ kind: "no_face" }, { kind: "multiple_faces" }]);
  });

  it("changes the words, not the count, when the camera is covered during an absence", () => {
    const { shown, messages } = sit("nnnuuu");
    expect(shown).toEqual([null, "no_face", "no_face", "no_face", "technical", "technical"]);
    expect(messages).toHaveLength(1);
  });
});

it.each(["fhhhhhhhhf", "hnhnhhnh", "fnfnfnfn", "fufdfuf", "sfsfs", "ddddd"])(
  "no message about %j",
  (frames) => {
    expect(sit(frames).messages).toEqual([]);
  },
);

it.each([
  ["technical", "technical"],
  ["no_face", "no_face"],
])("reads a flag %j of a worker that does not judge the picture", (flag, concern) => {
  expect(concernIn({ faces: 0, flags: [flag], picture: null } as unknown as Job, null)).toBe(concern);
});
