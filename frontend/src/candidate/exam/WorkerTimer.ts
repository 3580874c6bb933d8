import type { Alarm } from "./timer.worker";

/**
 * Sleeps that browsers do not throttle in a background tab.
 *
 * A page timer ends each sleep as well, in case the worker is forbidden or its file is missing.
 */
export class WorkerTimer {
  readonly #worker = startWorker();
  readonly #sleepers = new Map<number, () => void>();
  #lastId = 0;

  constructor() {
    this.#worker?.addEventListener("message", ({ data: id }: MessageEvent<number>) =>
      this.#sleepers.get(id)?.(),
    );
  }

  /** Resolve after that time, or when `signal` is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const alarm: Alarm = { id: ++this.#lastId, milliseconds };
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(pageTimer);
        this.#sleepers.delete(alarm.id);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const pageTimer = setTimeout(wake, milliseconds);
      this.#sleepers.set(alarm.id, wake);
      signal.addEventListener("abort", wake);
      this.#worker?.postMessage(alarm);
    });
  }

  stop(): void {
    this.#worker?.terminate();
  }
}

function startWorker(): Worker | null {
  try {
    return new Worker(new URL("./timer.worker.ts", import.meta.url), { type: "module" });
  } catch (error) {
    console.error(error);
    return null;
  }
}
