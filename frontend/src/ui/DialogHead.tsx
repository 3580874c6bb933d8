import type { ReactNode } from "react";
import { Icon } from "./Icon";

interface Props {
  onClose: () => void;
  children: ReactNode;
}

/** What a dialog is about, and the button that leaves it. */
export function DialogHead({ onClose, children }: Props) {
  return (
    <div className="dialog-head">
      {children}
      <button type="button" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
