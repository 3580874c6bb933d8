import type { MeetingRules, RuleOverrides } from "../../api/types";

export type RuleName = keyof RuleOverrides;

/** Each rule as a person reads it, the one that is changed most often first. */
export const RULES: Record<RuleName, { title: string; words: string }> = {
  faces_allowed: {
    title: "People who may be seen",
    words: "More faces than this are a flag. Two for a candidate with a scribe.",
  },
  no_face_seconds: {
    title: "Seconds without anybody",
    words: "When every picture shows nobody for this long, it is a flag.",
  },
  suspicion_frames: {
    title: "Pictures for a suspicion",
    words:
      "When it is not certain that there are several faces, this many of three pictures in a row must show them before it is a flag. With one it is a flag at once.",
  },
  face_threshold: {
    title: "Score of a face",
    words: "What scores this much counts as a face. A lower score suspects more.",
  },
  confirm_threshold: {
    title: "Score of a certain face",
    words:
      "What scores this much with dlib is a face for certain. A higher score flags fewer at the first picture.",
  },
};

export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/** As they stand in the form; an empty field means the usual number. */
export type Written = Record<RuleName, string>;

export function written(rules: MeetingRules): Written {
  return Object.fromEntries(RULE_NAMES.map((name) => [name, String(rules[name])])) as Written;
}

/** What was changed: what others may have changed meanwhile is left alone. */
export function changesIn(form: Written, rules: MeetingRules): RuleOverrides {
  const before = written(rules);
  const changed = RULE_NAMES.filter((name) => form[name] !== before[name]);
  return Object.fromEntries(changed.map((name) => [name, ownNumber(form[name], rules.usual[name])]));
}

/** Whoever writes the usual number wants what is usual, also when that changes. */
function ownNumber(text: string, usual: number): number | null {
  return text === "" || Number(text) === usual ? null : Number(text);
}
