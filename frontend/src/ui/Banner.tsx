import type { HTMLAttributes } from "react";
import styles from "./Banner.module.css";

interface Props extends HTMLAttributes<HTMLDivElement> {
  tone: "neutral" | "warning" | "danger";
}

/** An icon and a text on a coloured ground. */
export function Banner({ tone, className = "", ...props }: Props) {
  return <div {...props} className={`${styles.banner} ${className}`} data-tone={tone} />;
}
