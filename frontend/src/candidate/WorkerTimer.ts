import type { Alarm } from "./timer.worker";

/** Sleeps that keep their time in a background tab. */
export class WorkerTimer {
  readonly #worker = new Worker(new URL("./timer.worker.ts", import.meta.url), { type: "module" });
  readonly #sleepers = new Map<number, () => void>();
  #lastId = 0;

  constructor() {
    this.#worker.onmessage = ({ data: id }: MessageEvent<number>) => this.#sleepers.get(id)?.();
  }

  /** Resolves after that time, or as soon as `signal` is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const alarm: Alarm = { id: ++this.#lastId, milliseconds };
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(alarm.id);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#sleepers.set(alarm.id, wake);
      signal.addEventListener("abort", wake);
      this.#worker.postMessage(alarm);
    });
  }

  stop(): void {
    this.#worker.terminate();
  }
}
