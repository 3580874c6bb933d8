import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from "react";

interface Props {
  labelledBy: string;
  /** What is read out after the name. */
  describedBy?: string;
  className?: string;
  onClose: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}

/** A modal dialog for as long as it is rendered; the browser keeps the focus in it and hands it back. */
export function Dialog({ labelledBy, describedBy, className, onClose, onKeyDown, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Its name is read out first; none of its controls is pressed by accident.
    element?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      className={className}
      onKeyDown={onKeyDown}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        // Not when it is a dialog within this one that is left.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {children}
    </dialog>
  );
}
