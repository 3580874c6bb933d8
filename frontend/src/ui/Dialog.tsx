import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from "react";
import styles from "./Dialog.module.css";

interface Props {
  labelledBy: string;
  /** Id of the text that is announced after the name. */
  describedBy?: string;
  className?: string | undefined;
  wide?: boolean;
  onClose: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}

/** A modal dialog, open while it is rendered. The browser traps the focus and restores it. */
export function Dialog({
  labelledBy,
  describedBy,
  className = "",
  wide = false,
  onClose,
  onKeyDown,
  children,
}: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // So that its name is announced first and no control is pressed by accident.
    element?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      className={`${styles.dialog} ${wide ? styles.wide : ""} ${className}`}
      onKeyDown={onKeyDown}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        // Ignore the event of a nested dialog.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {children}
    </dialog>
  );
}
