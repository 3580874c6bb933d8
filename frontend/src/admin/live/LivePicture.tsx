import { useEffect, useRef } from "react";
import type { Person } from "../../api/types";
import type { SocketState } from "../../live/LiveSocket";
import type { LiveConnection } from "../../live/useLiveSocket";
import { Mark } from "../Mark";
import { Thumbnail } from "../people/Thumbnail";
import styles from "./LivePicture.module.css";
import type { ViewState } from "./LiveView";
import { useLiveView } from "./useLiveView";

interface Props {
  person: Person;
  connection: LiveConnection;
  /** Server time minus `now()`, in milliseconds. */
  clockOffset: number;
}

/** The candidate's camera, live. Shows the newest thumbnail before it is live and when it can't be. */
export function LivePicture({ person, connection, clockOffset }: Props) {
  const [view, retry] = useLiveView(connection, person, clockOffset);
  const isLive = view.stage === "live";
  return (
    <div className={styles.live}>
      <div className={styles.picture}>
        {view.stage === "live" ? (
          <LiveVideo stream={view.stream} name={person.name} />
        ) : (
          <Thumbnail link={person.thumbnail_url} />
        )}
      </div>
      <div className={styles.text}>
        <p role="status">
          {isLive ? (
            <Mark tone="good" icon="eye" label="Live" />
          ) : (
            <Mark tone="neutral" icon="clock" label="Not live" />
          )}{" "}
          <span>{statusText(view, connection.state, person.thumbnail_url !== null)}</span>
        </p>
        {view.stage === "ended" && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

const CONNECTION_TEXT: Partial<Record<SocketState, string>> = {
  connecting: "Connecting…",
  lost: "The server can't be reached. Trying again.",
  refused: "The server no longer accepts the key.",
};

function statusText(view: ViewState, state: SocketState, hasThumbnail: boolean): string {
  if (view.stage === "live") return "The candidate's page says that you are watching.";
  const problem = view.stage === "ended" ? view.reason : CONNECTION_TEXT[state];
  const shown = hasThumbnail
    ? "This is the newest small picture."
    : "There is no picture from the last minute.";
  const next =
    view.stage === "ended" && view.isInterrupted
      ? " The view starts again with the candidate's next picture."
      : "";
  return `${problem ?? "Asking the candidate's browser…"} ${shown}${next}`;
}

function LiveVideo({ stream, name }: { stream: MediaStream; name: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return <video ref={video} autoPlay muted playsInline aria-label={`${name}, live`} />;
}
