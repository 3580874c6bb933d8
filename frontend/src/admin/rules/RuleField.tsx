import { RULES, type RuleName } from "./rules";

interface Props {
  name: RuleName;
  value: string;
  usual: number;
  problem: string | undefined;
  onChange: (value: string) => void;
}

/** One number, and what it means. */
export function RuleField({ name, value, usual, problem, onChange }: Props) {
  const { title, words } = RULES[name];
  return (
    <div className="rule">
      <label htmlFor={name}>{title}</label>
      <input
        id={name}
        type="number"
        step="any"
        autoComplete="off"
        aria-describedby={`${name}-words`}
        aria-invalid={problem !== undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <div id={`${name}-words`}>
        {problem && <p className="wrong">{problem}</p>}
        <p className="quiet">{`${words} Usually ${usual}.`}</p>
      </div>
    </div>
  );
}
