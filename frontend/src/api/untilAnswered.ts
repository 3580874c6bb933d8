import { backoff } from "./backoff";
import { ApiError } from "./client";

/** Repeat a call until the gateway has answered it; a refusal is only logged. */
export async function untilAnswered(call: () => Promise<void>): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.isOutage || error.isBusy)) return console.error(error);
      const pause = backoff(failures, error.retryAfterMs, Math.random);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
