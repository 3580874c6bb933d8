import styles from "./RuleField.module.css";
import { RULES, type RuleName } from "./rules";

interface Props {
  name: RuleName;
  value: string;
  defaultValue: number;
  problem: string | undefined;
  onChange: (value: string) => void;
}

/** One number with its explanation. */
export function RuleField({ name, value, defaultValue, problem, onChange }: Props) {
  const { title, description } = RULES[name];
  return (
    <div className={styles.rule}>
      <label htmlFor={name}>{title}</label>
      <input
        id={name}
        type="number"
        step="any"
        autoComplete="off"
        aria-describedby={`${name}-description`}
        aria-invalid={problem !== undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <div id={`${name}-description`}>
        {problem && <p className={styles.problem}>{problem}</p>}
        <p className="quiet">{`${description} Default: ${defaultValue}.`}</p>
      </div>
    </div>
  );
}
