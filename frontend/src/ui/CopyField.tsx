import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import styles from "./CopyField.module.css";

interface Props {
  label: string;
  value: string;
  /** Shown as dots until revealed. */
  secret?: boolean;
}

// Not a password field: browsers would offer to save it and might fill in another.
const DOTS = "•".repeat(24);

/** A read-only value with a button that copies it. */
export function CopyField({ label, value, secret = false }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [status, setStatus] = useState("");
  const [hidden, setHidden] = useState(secret);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setStatus("Copied");
    } catch {
      // No clipboard access (no https, or no permission): Ctrl+C always works.
      flushSync(() => setHidden(false));
      field.current?.select();
      setStatus("Press Ctrl+C to copy");
    }
  }

  return (
    <div className={styles.field}>
      <label>
        <span>{label}</span>
        <input ref={field} readOnly autoComplete="off" value={hidden ? DOTS : value} />
      </label>
      {secret && (
        <button type="button" onClick={() => setHidden(!hidden)}>
          {hidden ? "Show" : "Hide"}
        </button>
      )}
      <button type="button" onClick={copy} aria-label={`Copy: ${label}`}>
        Copy
      </button>
      <span className={styles.copied} role="status">
        {status}
      </span>
    </div>
  );
}
