import type { AttemptRecord } from "../../api/types";
import { dayAndTime } from "../../ui/time";
import { Panel } from "../Panel";
import { RULE_NAMES, RULES } from "../rules/rules";
import styles from "./RulesHeld.module.css";

/** The rules of the exam, and when they were changed. */
export function RulesHeld({ record: { rules, rule_changes } }: { record: AttemptRecord }) {
  return (
    <Panel id="rules-held-title" title="Rules of this exam" aside={null}>
      <dl className={styles.rules}>
        {RULE_NAMES.map((name) => (
          <div key={name}>
            <dt>{RULES[name].title}</dt>
            <dd>{valueLabel(rules[name])}</dd>
          </div>
        ))}
      </dl>
      {rule_changes.length === 0 ? (
        <p className="quiet">They were not changed during the exam.</p>
      ) : (
        <ol>
          {rule_changes.map(({ at, before, after }) => (
            <li key={at}>
              <time dateTime={at}>{dayAndTime(at)}</time>: <span>{changeLabel(before, after)}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

type Values = Record<string, unknown> | null;

function changeLabel(before: Values, after: Values): string {
  const changed = RULE_NAMES.filter((name) => before?.[name] !== after?.[name]);
  const parts = changed.map(
    (name) => `${RULES[name].title} from ${valueLabel(before?.[name])} to ${valueLabel(after?.[name])}`,
  );
  return parts.join(", ") || "changed";
}

function valueLabel(value: unknown): string {
  if (value === undefined || value === null) return "the default";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
