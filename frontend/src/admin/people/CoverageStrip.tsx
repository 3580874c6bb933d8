import styles from "./CoverageStrip.module.css";

/** One minute's state; distinguished by height as well as colour. */
const CELLS: Record<string, { name: string; className: string | undefined; height: number }> = {
  v: { name: "in view", className: styles.verified, height: 10 },
  f: { name: "flagged", className: styles.flagged, height: 16 },
  h: { name: "face not visible", className: styles.faceHidden, height: 8 },
  n: { name: "nobody", className: styles.nobody, height: 6 },
  d: { name: "unusable", className: styles.dark, height: 4 },
  "-": { name: "not checked", className: styles.nothing, height: 1.5 },
};

const STEP = 4;
const WIDTH = 3;
const HEIGHT = 16;

/** The last half hour, one cell a minute, newest at the right. */
export function CoverageStrip({ coverage }: { coverage: string }) {
  return (
    <svg
      className={styles.coverage}
      viewBox={`0 0 ${coverage.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={describe(coverage)}
    >
      {/* One path per state instead of one element per cell: 300 people would need 9,000. */}
      {Object.entries(CELLS).map(([letter, { className, height }]) => (
        <path key={letter} className={className} d={bars(coverage, letter, height)} />
      ))}
    </svg>
  );
}

function bars(coverage: string, letter: string, height: number): string {
  const path = [...coverage].map((cell, minute) =>
    cell === letter ? `M${minute * STEP} ${HEIGHT}v${-height}h${WIDTH}v${height}z` : "",
  );
  return path.join("");
}

function describe(coverage: string): string {
  const parts = Object.entries(CELLS)
    .map(([letter, { name }]) => ({ name, minutes: coverage.split(letter).length - 1 }))
    .filter(({ minutes }) => minutes > 0)
    .map(({ name, minutes }) => `${minutes} ${name}`);
  return `Minutes of the last half hour: ${parts.join(", ")}`;
}
