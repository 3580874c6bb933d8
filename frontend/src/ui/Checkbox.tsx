import type { InputHTMLAttributes } from "react";
import styles from "./Checkbox.module.css";

/** A checkbox with its label. */
export function Checkbox({ children, ...input }: InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className={styles.choice}>
      <input type="checkbox" {...input} />
      {children}
    </label>
  );
}
