import { type ComponentType, useCallback, useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { Failure } from "../ui/Failure";
import { loadFile } from "../ui/loadFile";
import styles from "./MeetingFrame.module.css";
import type { SharedCamera } from "./useSharedCamera";
import type { MeetingProps } from "./VendorMeeting";

interface Props {
  /** Called for a token each time the meeting is opened. */
  getToken: () => Promise<string | null>;
  camera: SharedCamera | null;
  warning: string | null;
}

interface Opened {
  token: string;
  Meeting: ComponentType<MeetingProps>;
}

/** The vendor's meeting, or why it could not be opened. Its errors do not affect the rest of the page. */
export function MeetingFrame(props: Props) {
  const [attempt, setAttempt] = useState(0);
  return <Attempt key={attempt} {...props} onRetry={() => setAttempt(attempt + 1)} />;
}

function Attempt({ getToken, camera, warning, onRetry }: Props & { onRetry: () => void }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [problem, setProblem] = useState("");

  const fail = useCallback((error: unknown) => {
    setOpened(null);
    // Not errorMessage(), which may ask to reload the page in the middle of an exam.
    const why = error instanceof ApiError ? ` ${error.message}` : "";
    if (!why) console.error(error);
    setProblem(`The meeting could not be opened. The rest of this page keeps working.${why}`);
  }, []);

  const leave = useCallback(() => {
    setOpened(null);
    setProblem("You are no longer in the meeting. The rest of this page keeps working.");
  }, []);

  useEffect(() => {
    let left = false;
    open(getToken).then(
      (next) => left || setOpened(next),
      (error: unknown) => left || fail(error),
    );
    return () => {
      left = true;
    };
  }, [getToken, fail]);

  return (
    <section className={styles.frame} aria-label="Meeting">
      {problem && <Failure message={problem} onRetry={onRetry} />}
      {!problem && !opened && <p role="status">Opening the meeting…</p>}
      {opened && (
        <ErrorBoundary onError={fail}>
          <opened.Meeting
            token={opened.token}
            camera={camera}
            warning={warning}
            onFailed={fail}
            onLeft={leave}
          />
        </ErrorBoundary>
      )}
    </section>
  );
}

async function open(getToken: () => Promise<string | null>): Promise<Opened> {
  // Loaded on demand: it is ten times as large as the rest of the page.
  const [token, { VendorMeeting }] = await Promise.all([
    getToken(),
    loadFile(() => import("./VendorMeeting")),
  ]);
  if (!token) throw new Error("the gateway gave no token for the video");
  return { token, Meeting: VendorMeeting };
}
