import { backoff } from "../api/backoff";
import { ApiError } from "../api/client";
import { giveReceipt } from "../api/gateway";
import type { Receipt } from "../live/protocol";
import type { Seat } from "./seat";

/** Gives a receipt over HTTP, again and again until the gateway has answered. */
export async function giveReceiptOverHttp({ meetingId, token }: Seat, receipt: Receipt): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await giveReceipt(meetingId, token, receipt.id, receipt.acknowledged);
    } catch (error) {
      if (!(error instanceof ApiError) || !(error.isOutage || error.isBusy)) return console.error(error);
      const pause = backoff(failures, error.retryAfterMs, Math.random);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
