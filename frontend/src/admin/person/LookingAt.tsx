import type { LiveConnection } from "../../live/useLiveSocket";
import { Icon } from "../../ui/Icon";
import styles from "./LookingAt.module.css";
import { useLookingAt } from "./useLookingAt";

interface Props {
  connection: LiveConnection;
  participantId: string;
}

/** "Sam is looking at this": so that two invigilators do not do the same work. */
export function LookingAt({ connection, participantId }: Props) {
  const text = useLookingAt(connection, participantId);
  return (
    <p role="status" className={styles.looking}>
      {text && <Icon name="eye" />}
      {text && <span>{text}</span>}
    </p>
  );
}
