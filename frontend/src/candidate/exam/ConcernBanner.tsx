import { Icon } from "../../ui/Icon";
import styles from "./ConcernBanner.module.css";
import { CONCERN_TEXT, type ConcernKind } from "./concerns";

/** What is wrong with the picture, shown until it is good again. */
export function ConcernBanner({ kind }: { kind: ConcernKind | null }) {
  const text = kind ? CONCERN_TEXT[kind] : null;
  return (
    // Always rendered: screen readers announce only changes inside an existing live region.
    <div role="alert">
      {text && (
        <div className={styles.concern}>
          <Icon name="warning" />
          <div>
            <h2>{text.title}</h2>
            <p>{text.advice}</p>
            <p className="quiet">
              This isn't an accusation. A person reviews every flag. The warning goes away by itself.
            </p>
          </div>
        </div>
      )}
    </div>
  );
}
