import styles from "./RuleField.module.css";
import { RULES, type RuleName } from "./rules";

interface Props {
  name: RuleName;
  value: string;
  defaultValue: number | boolean;
  problem: string | undefined;
  onChange: (value: string) => void;
}

const YES = "yes";
const NO = "no";

/** One number or choice with its explanation. */
export function RuleField({ name, value, defaultValue, problem, onChange }: Props) {
  const { title, description } = RULES[name];
  const field = {
    id: name,
    autoComplete: "off",
    "aria-describedby": `${name}-description`,
    "aria-invalid": problem !== undefined,
    value,
  };
  const isChoice = typeof defaultValue === "boolean";
  return (
    <div className={styles.rule}>
      <label htmlFor={name}>{title}</label>
      {isChoice ? (
        <select {...field} onChange={(event) => onChange(event.target.value)}>
          <option value="true">{YES}</option>
          <option value="false">{NO}</option>
        </select>
      ) : (
        <input {...field} type="number" step="any" onChange={(event) => onChange(event.target.value)} />
      )}
      <div id={`${name}-description`}>
        {problem && <p className={styles.problem}>{problem}</p>}
        <p className="quiet">{`${description} Default: ${isChoice ? (defaultValue ? YES : NO) : defaultValue}.`}</p>
      </div>
    </div>
  );
}
