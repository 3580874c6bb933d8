import type { ReactNode, RefObject } from "react";
import styles from "./Panel.module.css";

interface Props {
  id: string;
  title: ReactNode;
  /** Set where the page moves the focus to the heading. */
  heading?: RefObject<HTMLHeadingElement | null>;
  /** Shown beside the heading. */
  aside: ReactNode;
  children: ReactNode;
}

/** One part of the invigilator's page. */
export function Panel({ id, title, heading, aside, children }: Props) {
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} ref={heading} tabIndex={heading && -1}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Shown in place of an empty list. */
export function Nothing({ children }: { children: ReactNode }) {
  return <p className={styles.nothing}>{children}</p>;
}
