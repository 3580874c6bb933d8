import styles from "./Count.module.css";

/** A number beside a heading. */
export function Count({ value }: { value: number }) {
  return <span className={styles.count}>{value}</span>;
}
