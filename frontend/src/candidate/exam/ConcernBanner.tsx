import { Icon } from "../../ui/Icon";
import { type ConcernKind, WORDING } from "./concerns";

/** What is wrong with the picture, until it is good again. */
export function ConcernBanner({ kind }: { kind: ConcernKind | null }) {
  const wording = kind ? WORDING[kind] : null;
  return (
    // Always there, for screen readers to notice what comes into it.
    <div role="alert">
      {wording && (
        <div className="concern">
          <Icon name="warning" />
          <div>
            <h2>{wording.title}</h2>
            <p>{wording.advice}</p>
            <p className="quiet">
              This message goes away by itself. A message is no accusation: a human looks at it.
            </p>
          </div>
        </div>
      )}
    </div>
  );
}
