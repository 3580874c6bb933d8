import { type InputHTMLAttributes, useEffect, useId, useRef } from "react";
import styles from "./TextField.module.css";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  value: string;
  /** What is wrong with the value. Shown below the field, which then gets the focus. */
  problem: string | undefined;
  onChange: (value: string) => void;
}

/** A single-line text field with its label. */
export function TextField({ label, problem, onChange, ...input }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (problem) field.current?.focus();
  }, [problem]);

  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        ref={field}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-problem`} className={styles.problem}>
        {problem}
      </p>
    </div>
  );
}
