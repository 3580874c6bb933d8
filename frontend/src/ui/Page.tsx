import type { ReactNode } from "react";
import { HOME } from "../basePath";
import { Logo } from "./Icon";

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
    <div className={wide ? "page page-wide" : "page"}>
      <title>{title}</title>
      <header className="top">
        <a className="brand" href={HOME}>
          <Logo /> Proctor
        </a>
        {aside}
      </header>
      <main>{children}</main>
    </div>
  );
}
