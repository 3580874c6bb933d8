import type { MeetingRules } from "../../api/types";
import { duration } from "../../ui/time";
import type { RuleName } from "./rules";

type Usual = MeetingRules["usual"];
type Value = number | boolean;

/** How much is flagged. */
export const LEVELS = { low: "Low", usual: "Usual", high: "High" } as const;
export type LevelName = keyof typeof LEVELS;

export interface Level {
  name: LevelName;
  value: Value;
  meaning: string;
}

interface Scale {
  /** The question that the levels answer. */
  question: string;
  low: Value;
  high: Value;
  meaning: (value: Value) => string;
}

/** Rules that a teacher sets; the others are numbers under *Advanced*. */
const SCALES: Partial<Record<RuleName, (usual: Usual) => Scale>> = {
  faces_allowed: ({ faces_allowed }) => ({
    question: "More people in the picture",
    low: faces_allowed + 1,
    high: Math.max(faces_allowed - 1, 1),
    meaning: (people) =>
      people === 1
        ? "Anybody beside the candidate is flagged."
        : `${people} people may be seen: the candidate has a helper.`,
  }),
  suspicion_frames: () => ({
    question: "Somebody who is hard to make out",
    low: 3,
    high: 1,
    meaning: (pictures) => PICTURES[Number(pictures)] ?? "",
  }),
  second_person: () => ({
    question: "Somebody beside the candidate without a visible face",
    low: false,
    high: true,
    meaning: (looks) =>
      looks ? "Flagged like a second face, for example a helper who stands there." : "Never flagged.",
  }),
  no_face_seconds: ({ no_face_seconds }) => ({
    question: "Nobody in the picture",
    low: Math.min(no_face_seconds * 3, 600),
    high: no_face_seconds / 2,
    meaning: (seconds) => `Flagged after ${duration(Number(seconds) * 1_000)}.`,
  }),
  face_hidden_seconds: ({ face_hidden_seconds }) => ({
    question: "A candidate whose face is not visible",
    low: 0,
    high: face_hidden_seconds > 0 ? face_hidden_seconds / 2 : 60,
    meaning: (seconds) =>
      seconds === 0
        ? "Never flagged: people bend over their paper to write."
        : `Flagged after ${duration(Number(seconds) * 1_000)}.`,
  }),
  confirm_threshold: ({ confirm_threshold }) => ({
    question: "Faces on posters, prints and screens",
    low: Math.min(confirm_threshold + 0.5, 3),
    high: Math.max(confirm_threshold - 0.4, -1),
    meaning: (score) => {
      if (score === confirm_threshold)
        return "A clear second face is flagged at once, an unclear one if it is seen again.";
      return Number(score) > confirm_threshold
        ? "Fewer are mistaken for a person. More second faces must be seen again before they are flagged."
        : "Almost every second face is flagged at once, and more pictures of faces with them.";
    },
  }),
};

const PICTURES: Record<number, string> = {
  1: "Flagged at once, by a single picture.",
  2: "Flagged if two of three pictures in a row show them.",
  3: "Flagged if three pictures in a row show them.",
};

export const SCALED_RULES = Object.keys(SCALES) as RuleName[];

export function questionOf(name: RuleName, usual: Usual): string {
  return SCALES[name]?.(usual).question ?? "";
}

/** The rule's levels; without those that would be the same as the usual one. */
export function levelsOf(name: RuleName, usual: Usual): Level[] {
  const scale = SCALES[name]?.(usual);
  if (!scale) return [];
  const { low, high, meaning } = scale;
  const values: [LevelName, Value][] = [
    ["low", low],
    ["usual", usual[name]],
    ["high", high],
  ];
  return values
    .filter(([level, value]) => level === "usual" || value !== usual[name])
    .map(([level, value]) => ({ name: level, value, meaning: meaning(value) }));
}
