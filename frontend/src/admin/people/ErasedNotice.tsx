import { useEffect, useRef } from "react";
import type { Person } from "../../api/types";
import { Banner } from "../../ui/Banner";
import { Icon } from "../../ui/Icon";

interface Props {
  erased: readonly Person[];
  /** How many of them have been read about. */
  readCount: number;
  onRead: (count: number) => void;
}

/** Says who was erased, here or in another window, and so is no longer listed. */
export function ErasedNotice({ erased, readCount, onRead }: Props) {
  const container = useRef<HTMLDivElement>(null);
  const unread = erased.slice(readCount);

  useEffect(() => {
    // Their page has disappeared together with the focus.
    if (unread.length > 0 && document.activeElement === document.body) container.current?.focus();
  }, [unread.length]);

  function close() {
    onRead(erased.length);
    // The button that had the focus is gone.
    container.current?.focus();
  }

  return (
    // Always rendered: screen readers announce only changes inside an existing live region.
    <div role="status" ref={container} tabIndex={-1}>
      {unread.length > 0 && (
        <Banner tone="neutral">
          <Icon name="info" />
          <p>
            <strong>{namesOf(unread)}</strong>{" "}
            <span>{`${unread.length === 1 ? "was" : "were"} erased. Name, flags and messages are deleted; pictures are deleted as soon as their store allows.`}</span>
          </p>
          <button type="button" onClick={close}>
            Close
          </button>
        </Banner>
      )}
    </div>
  );
}

/** Above this, show only the number of people. */
const MAX_NAMES = 10;

function namesOf(people: readonly Person[]): string {
  if (people.length > MAX_NAMES) return `${people.length} people`;
  return people.map(({ name }) => name).join(", ");
}
