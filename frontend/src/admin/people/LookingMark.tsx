import { Mark } from "../Mark";
import type { Looking } from "../person/onlookers";
import styles from "./LookingMark.module.css";

interface Props {
  looking: Looking | undefined;
  small?: boolean;
}

/** Which other invigilators have a person open. */
export function LookingMark({ looking, small = false }: Props) {
  if (!looking) return null;
  const { names, does } = looking;
  return (
    <span className={styles.looking} title={`${names} ${does}`}>
      <Mark small={small} tone="neutral" icon="eye" label={names} unit={does} />
    </span>
  );
}
