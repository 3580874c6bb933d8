import { Icon } from "../../ui/Icon";
import styles from "./LookingAt.module.css";
import type { Looking } from "./onlookers";

/** "Sam is looking at this": so that two invigilators do not do the same work. */
export function LookingAt({ looking }: { looking: Looking | undefined }) {
  return (
    <p role="status" className={styles.looking}>
      {looking && <Icon name="eye" />}
      {looking && (
        <span>
          <bdi>{looking.names}</bdi> <span>{looking.does}</span>
        </span>
      )}
    </p>
  );
}
