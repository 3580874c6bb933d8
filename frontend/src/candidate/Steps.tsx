import styles from "./Steps.module.css";

const STEPS = ["Before you start", "Camera check", "Exam"];

export function Steps({ now }: { now: number }) {
  return (
    <ol className={styles.steps} aria-label="Steps">
      {STEPS.map((step, index) => (
        <li key={step} aria-current={index === now ? "step" : undefined}>
          {step}
        </li>
      ))}
    </ol>
  );
}
