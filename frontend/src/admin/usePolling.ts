import { useEffect, useState } from "react";

const EVERY_MS = 2_500;

/** Outcome of the latest poll. */
export interface Polling {
  error: unknown;
  /** Time of the last answer, in milliseconds since 1970; null before the first. */
  answeredAt: number | null;
}

/** Poll, one request at a time; at once on mount and when the tab becomes visible. */
export function usePolling(ask: (signal: AbortSignal) => Promise<void>): Polling {
  const [polling, setPolling] = useState<Polling>({ error: null, answeredAt: null });

  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    void repeat(ask, signal, setPolling);
    return () => leaving.abort();
  }, [ask]);

  return polling;
}

async function repeat(
  ask: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
  tell: (change: (before: Polling) => Polling) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await ask(signal);
      tell(() => ({ error: null, answeredAt: Date.now() }));
    } catch (error) {
      if (signal.aborted) return;
      tell((before) => ({ ...before, error }));
    }
    await pause(signal);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(wake, EVERY_MS);
    function wake() {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      document.removeEventListener("visibilitychange", wake);
      resolve();
    }
    signal.addEventListener("abort", wake);
    document.addEventListener("visibilitychange", wake);
  });
}
