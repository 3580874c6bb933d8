import { backoff } from "./backoff";
import { ApiError } from "./client";

/** Repeat a call until the gateway answers it, or until `signal` is aborted. Throw a refusal. */
export async function untilAnswered(call: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  for (let failures = 1; !signal?.aborted; failures++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.isOutage || error.isBusy)) throw error;
      const pause = backoff(failures, error.retryAfterMs, Math.random);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
