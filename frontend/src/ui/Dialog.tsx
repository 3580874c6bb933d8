import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  labelledBy: string;
  className?: string;
  onClose: () => void;
  children: ReactNode;
}

/** A modal dialog for as long as it is rendered; the browser keeps the focus in it and hands it back. */
export function Dialog({ labelledBy, className, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </dialog>
  );
}
