import { useRef, useState } from "react";
import { flushSync } from "react-dom";

interface Props {
  label: string;
  value: string;
  /** Shown as dots until asked for. */
  secret?: boolean;
}

// No password field: browsers would offer to keep it, and fill in another.
const DOTS = "•".repeat(24);

/** Something to hand on: to be read, selected, or copied by a button. */
export function CopyField({ label, value, secret = false }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [word, setWord] = useState("");
  const [hidden, setHidden] = useState(secret);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setWord("Copied");
    } catch {
      // Without https, or where the browser was told not to: the person's own keys always work.
      flushSync(() => setHidden(false));
      field.current?.select();
      setWord("Press Ctrl+C to copy");
    }
  }

  return (
    <div className="copy-field">
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
      <span className="copied" role="status">
        {word}
      </span>
    </div>
  );
}
