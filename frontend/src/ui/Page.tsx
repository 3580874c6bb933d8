import type { ReactNode } from "react";
import { HOME } from "../basePath";
import { Logo } from "./Icon";
import styles from "./Page.module.css";

interface Props {
  /** Title of the browser tab. */
  title: string;
  /** Shown at the end of the header. */
  aside?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** Header and main area of every page. */
export function Page({ title, aside, wide = false, children }: Props) {
  return (
    <div className={wide ? `page ${styles.wide}` : "page"}>
      <title>{title}</title>
      <header className={styles.top}>
        <a className={styles.brand} href={HOME}>
          <Logo /> Proctor
        </a>
        {aside}
      </header>
      <main className={styles.main}>{children}</main>
    </div>
  );
}
