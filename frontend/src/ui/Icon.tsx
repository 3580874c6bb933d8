import styles from "./Icon.module.css";

const PATHS = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4L2.8 20h18.4L12 4zM12 10v4.5M12 17.3v.2",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  offline: "M4 4l16 16M3 10a14 14 0 0 1 5-3M21 10a14 14 0 0 0-8-3.9M6.5 13.7a8.5 8.5 0 0 1 4-2M12 19v.2",
  leave: "M10 4H5v16h5M10 12h10M16 8l4 4-4 4",
  camera: "M3 7h12v10H3zM15 11l6-3.5v9L15 13",
  cameraOff: "M4 4l16 16M7 7h8v4l6-3.5v9M15 15v2H3V7h1",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6",
  close: "M6 6l12 12M18 6L6 18",
  info: "M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.500M12 7.500v.2",
  key: "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 12.5L20 4M16 8l3 3",
  eye: "M2.5 12c2.4-4.3 5.6-6.5 9.5-6.5s7.1 2.2 9.5 6.5c-2.4 4.3-5.6 6.500-9.5 6.5S4.900 16.300 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  flag: "M5 21V4h13l-3 4.5 3 4.5H5",
  onTop: "M4 5h16v14H4zM12 12h8v7h-8z",
  message: "M4 5h16v11H11l-4.5 4v-4H4z",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
} as const;

export type IconName = keyof typeof PATHS;

/** Decorative: always next to a word that says the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={styles.icon} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Logo() {
  return (
    <svg className={styles.logo} viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="10" />
      <circle cx="12" cy="12" r="4" />
    </svg>
  );
}
