import { Count } from "../../ui/Count";
import { duration, timeOfDay } from "../../ui/time";
import { CONCERN_TEXT } from "./concerns";
import styles from "./History.module.css";
import type { ReceivedMessage } from "./Inbox";
import type { Episode } from "./record";

interface Props {
  episodes: readonly Episode[];
  messages: readonly ReceivedMessage[];
}

/** The page's warnings and the invigilators' messages so far, newest first. */
export function History({ episodes, messages }: Props) {
  const entries = [...episodes.map(episodeEntry), ...messages.map(messageEntry)].sort((a, b) => b.at - a.at);
  return (
    <details className={styles.history}>
      <summary>
        Warnings and messages <Count value={entries.length} />
      </summary>
      {entries.length === 0 ? (
        <p className="quiet">None.</p>
      ) : (
        <ul className="plain">
          {entries.map(({ key, at, text, detail }) => (
            <li key={key}>
              <time>{timeOfDay(at)}</time> <span>{text}</span>
              <span className="quiet">{` · ${detail}`}</span>
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
  text: string;
  detail: string;
}

function episodeEntry({ kind, from, until }: Episode): Entry {
  const detail = until === null ? "now" : `for ${duration(until - from)}`;
  return { key: `${from}`, at: from, text: CONCERN_TEXT[kind].title, detail };
}

function messageEntry({ id, sentAt, text, acknowledged }: ReceivedMessage): Entry {
  const detail = acknowledged ? "from your invigilator, read" : "from your invigilator";
  return { key: id, at: Date.parse(sentAt), text: `“${text}”`, detail };
}
