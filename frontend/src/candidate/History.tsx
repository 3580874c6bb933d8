import { duration, timeOfDay } from "../ui/time";
import { WORDING } from "./concerns";
import type { Episode } from "./FrameLoop";

/** What the candidate was told so far, newest first. */
export function History({ episodes }: { episodes: readonly Episode[] }) {
  return (
    <details className="history">
      <summary>
        Messages so far <span className="count">{episodes.length}</span>
      </summary>
      {episodes.length === 0 ? (
        <p className="quiet">None. Your picture was good all the time.</p>
      ) : (
        <ul className="plain">
          {episodes.toReversed().map((episode) => (
            <li key={episode.from}>
              <time>{timeOfDay(episode.from)}</time> {WORDING[episode.kind].title}
              <span className="quiet"> · {lengthOf(episode)}</span>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

function lengthOf({ from, until }: Episode): string {
  return until === null ? "now" : `for ${duration(until - from)}`;
}
