import type { ReactNode } from "react";
import { HOME } from "../basePath";
import { Logo } from "./Icon";

interface Props {
  /** What the browser's tab says. */
  title: string;
  /** Beside the name of the product, at the end of the top line. */
  aside?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** The frame around every page. */
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
