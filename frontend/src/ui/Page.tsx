import { createContext, type ReactNode, useContext } from "react";
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

/** A number that the browser tab shows before the title; 0 for none. */
export const TitleCount = createContext(0);

/** Header and main area of every page. */
export function Page({ title, aside, wide = false, children }: Props) {
  const count = useContext(TitleCount);
  return (
    <div className={wide ? `page ${styles.wide}` : "page"}>
      <title>{count > 0 ? `(${count}) ${title}` : title}</title>
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
