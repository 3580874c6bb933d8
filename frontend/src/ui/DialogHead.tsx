import type { ReactNode } from "react";
import styles from "./DialogHead.module.css";
import { Icon } from "./Icon";

interface Props {
  onClose: () => void;
  children: ReactNode;
}

/** A dialog's heading with its close button. */
export function DialogHead({ onClose, children }: Props) {
  return (
    <div className={styles.head}>
      {children}
      <button type="button" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
