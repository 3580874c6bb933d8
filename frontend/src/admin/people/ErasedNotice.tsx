import { useEffect, useRef, useState } from "react";
import type { Person } from "../../api/types";
import { Icon } from "../../ui/Icon";

/** Says of whoever was erased, from this page or another, why they are not listed any more. */
export function ErasedNotice({ erased }: { erased: readonly Person[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [read, setRead] = useState(0);
  const unread = erased.slice(read);

  useEffect(() => {
    // With them went whatever of theirs was open, and the focus in it.
    if (erased.length > 0 && document.activeElement === document.body) place.current?.focus();
  }, [erased.length]);

  function close() {
    setRead(erased.length);
    // The button that was pressed is gone.
    place.current?.focus();
  }

  return (
    // Always there, for screen readers to notice what comes into it.
    <div role="status" ref={place} tabIndex={-1}>
      {unread.length > 0 && (
        <div className="notice">
          <Icon name="info" />
          <p>
            <strong>{whoOf(unread)}</strong>{" "}
            <span>{`${unread.length === 1 ? "was" : "were"} erased. Name, flags and messages are deleted; pictures follow as soon as their store deletes them.`}</span>
          </p>
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}

/** A flood of strangers is not worth its names. */
const MOST_NAMES = 10;

function whoOf(people: readonly Person[]): string {
  if (people.length > MOST_NAMES) return `${people.length} people`;
  return people.map(({ name }) => name).join(", ");
}
