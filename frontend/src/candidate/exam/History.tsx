import { duration, timeOfDay } from "../../ui/time";
import { WORDING } from "./concerns";
import type { ReceivedMessage } from "./Inbox";
import type { Episode } from "./record";

interface Props {
  /** How many pictures; of none nothing can be said. */
  judged: number;
  episodes: readonly Episode[];
  told: readonly ReceivedMessage[];
}

/** What the candidate was told so far, by the page and by invigilators, newest first. */
export function History({ judged, episodes, told }: Props) {
  const entries = [...episodes.map(ofEpisode), ...told.map(ofTold)].sort((a, b) => b.at - a.at);
  return (
    <details className="history">
      <summary>
        Messages so far <span className="count">{entries.length}</span>
      </summary>
      {entries.length === 0 ? (
        <p className="quiet">{judged > 0 ? "None. Your picture was good all the time." : "None."}</p>
      ) : (
        <ul className="plain">
          {entries.map(({ key, at, words, aside }) => (
            <li key={key}>
              <time>{timeOfDay(at)}</time> <span>{words}</span>
              <span className="quiet">{` · ${aside}`}</span>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

interface Entry {
  key: string;
  at: number;
  words: string;
  aside: string;
}

function ofEpisode({ kind, from, until }: Episode): Entry {
  const aside = until === null ? "now" : `for ${duration(until - from)}`;
  return { key: `${from}`, at: from, words: WORDING[kind].title, aside };
}

function ofTold({ id, sentAt, text, acknowledged }: ReceivedMessage): Entry {
  const aside = acknowledged ? "from your invigilator, read" : "from your invigilator";
  return { key: id, at: Date.parse(sentAt), words: `“${text}”`, aside };
}
