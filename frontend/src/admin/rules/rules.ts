import type { MeetingRules, RuleOverrides, RulesPreview } from "../../api/types";

export type RuleName = keyof RuleOverrides;

/** Title and explanation of each rule; the most often changed first. */
export const RULES: Record<RuleName, { title: string; description: string }> = {
  faces_allowed: {
    title: "People who may be seen",
    description: "More people than this are flagged. Two for a candidate with a scribe.",
  },
  no_face_seconds: {
    title: "Seconds without anybody",
    description: "If every picture shows nobody for this long, it is flagged.",
  },
  face_hidden_seconds: {
    title: "Seconds without a visible face",
    description:
      "If somebody is there, but no picture shows a face for this long, it is flagged. 0 never flags it: people bend over their paper to write.",
  },
  second_person: {
    title: "Look for people without a visible face",
    description:
      "Suspects somebody beside the candidate of whom only the body is seen, for example a helper who stands there.",
  },
  suspicion_frames: {
    title: "Pictures for a suspicion",
    description:
      "If the detector is not certain of several people, this many of three consecutive pictures must show them before they are flagged. With 1 they are flagged at once.",
  },
  face_threshold: {
    title: "Score of a face",
    description: "A detection with at least this score counts as a face. A lower value suspects more.",
  },
  confirm_threshold: {
    title: "Score of a certain face",
    description:
      "A dlib detection with at least this score is certainly a face; one of a clear, upright face may score a little less. With a higher value, fewer flags rest on one picture.",
  },
};

export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/** The form's fields; an empty one means the default. */
export type FormValues = Record<RuleName, string>;

export function formValues(rules: MeetingRules): FormValues {
  return Object.fromEntries(RULE_NAMES.map((name) => [name, String(rules[name])])) as FormValues;
}

/** Only the changed fields: other invigilators may have changed the rest meanwhile. */
export function changesIn(form: FormValues, rules: MeetingRules): RuleOverrides {
  const before = formValues(rules);
  const changed = RULE_NAMES.filter((name) => form[name] !== before[name]);
  return Object.fromEntries(changed.map((name) => [name, overrideOf(form[name], rules.usual[name])]));
}

/** null, the default, also for its number: the rule then follows a change of the default. */
function overrideOf<T extends number | boolean>(text: string, defaultValue: T): T | null {
  if (text === "") return null;
  const value = typeof defaultValue === "boolean" ? text === "true" : Number(text);
  return value === defaultValue ? null : (value as T);
}

/** "Would have been 4 instead of 9", as far as it can be known. */
export function previewText({ flags, stay, depend }: RulesPreview, isChanged: boolean): string {
  if (flags === 0) return "Nothing was flagged in the last hour.";
  const before = `${flags === MOST_FLAGS ? `The newest ${flags}` : flags} ${flags === 1 ? "flag" : "flags"} in the last hour`;
  if (!isChanged) return `${before}.`;
  if (stay === flags) return `${before}: with these rules, all of them as well.`;
  const would = depend === 0 ? String(stay) : `${stay} to ${stay + depend}`;
  return `With these rules it would have been ${would} instead of ${flags}${depend === 0 ? "" : DEPENDS}.`;
}

const DEPENDS = ", depending on pictures that were not flagged and so not kept";
/** The gateway looks at no more. */
const MOST_FLAGS = 500;
