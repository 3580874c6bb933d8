import { afterEach, describe, it, vi } from "vitest";
import { WorkerTimer } from "./WorkerTimer";

/** A worker whose file could not be loaded never answers. */
class SilentWorker extends EventTarget {
  postMessage(): void {}
  terminate(): void {}
}

class ForbiddenWorker {
  constructor() {
    throw new DOMException("blocked by policy", "SecurityError");
  }
}

afterEach(() => vi.unstubAllGlobals());

describe("a timer without its worker", () => {
  it.each([SilentWorker, ForbiddenWorker])("ends a sleep: %o", async (kind) => {
    vi.stubGlobal("Worker", kind);
    vi.spyOn(console, "error").mockReturnValue();
    const timer = new WorkerTimer();
    await timer.sleep(5, new AbortController().signal);
    timer.stop();
  });
});
