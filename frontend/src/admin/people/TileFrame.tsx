import type { MouseEvent, ReactNode } from "react";
import type { Person } from "../../api/types";
import styles from "./TileFrame.module.css";
import type { TileProps } from "./tile";

interface Props extends TileProps {
  className: string | undefined;
  children: (person: Person) => ReactNode;
}

/** A person's place on the wall: a link to them. */
export function TileFrame({ person, className, children, link, ...props }: Props) {
  const { left, top, width, height, isCurrent, onOpen, onFocus } = props;
  const style = { left, top, width, height };
  if (!person) {
    return (
      <li className={styles.empty} style={style}>
        Erased
      </li>
    );
  }
  const { participant_id, state } = person;

  function open(event: MouseEvent) {
    // Another tab or window.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(participant_id);
  }

  return (
    <li className={styles.place} style={style} aria-posinset={props.place} aria-setsize={props.count}>
      <a
        href={link}
        className={`${styles.tile} ${className}`}
        data-state={state}
        data-person={participant_id}
        tabIndex={isCurrent ? 0 : -1}
        onClick={open}
        onFocus={() => onFocus(participant_id)}
      >
        {children(person)}
      </a>
    </li>
  );
}
