import { useId } from "react";
import type { MeetingRules } from "../../api/types";
import styles from "./LevelChoice.module.css";
import { LEVELS, levelsOf, questionOf } from "./levels";
import type { RuleName } from "./rules";

interface Props {
  name: RuleName;
  /** The text of the rule's field; it may be a number that is none of the levels. */
  value: string;
  usual: MeetingRules["usual"];
  onChange: (value: string) => void;
}

/** A rule as low, usual or high. */
export function LevelChoice({ name, value, usual, onChange }: Props) {
  const id = useId();
  const levels = levelsOf(name, usual);
  const effective = value === "" ? String(usual[name]) : value;
  const isOther = levels.every((level) => String(level.value) !== effective);
  return (
    <fieldset className={styles.rule}>
      <legend>{questionOf(name, usual)}</legend>
      <div className={styles.levels}>
        {levels.map((level) => (
          <label key={level.name} className={styles.level}>
            <input
              type="radio"
              name={id}
              checked={String(level.value) === effective}
              onChange={() => onChange(String(level.value))}
            />
            <span>
              <strong>{LEVELS[level.name]}</strong>
              <span>{level.meaning}</span>
            </span>
          </label>
        ))}
      </div>
      {isOther && <p className="quiet">{`Now your own number: ${effective}. It is under “Advanced”.`}</p>}
    </fieldset>
  );
}
