import { type ReactNode, useEffect, useRef } from "react";
import styles from "./Menu.module.css";

interface Props {
  label: string;
  children: ReactNode;
}

/** A button that opens a box over the page. Escape, a click or focus outside closes it. */
export function Menu({ label, children }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);

  useEffect(() => {
    function closeFromOutside({ target }: Event) {
      if (menu.current && !menu.current.contains(target as Node)) menu.current.open = false;
    }
    function closeOnEscape({ key }: KeyboardEvent) {
      if (key !== "Escape" || !menu.current?.open) return;
      menu.current.open = false;
      menu.current.querySelector("summary")?.focus();
    }
    document.addEventListener("pointerdown", closeFromOutside);
    document.addEventListener("focusin", closeFromOutside);
    document.addEventListener("keydown", closeOnEscape);
    return () => {
      document.removeEventListener("pointerdown", closeFromOutside);
      document.removeEventListener("focusin", closeFromOutside);
      document.removeEventListener("keydown", closeOnEscape);
    };
  }, []);

  return (
    <details className={styles.menu} ref={menu}>
      <summary className="button">{label}</summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}
