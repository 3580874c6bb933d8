import { now } from "./now";

let offset = 0;

/** Learn the server's clock from the time in an answer to a request sent at `sentAt`, by `now()`. */
export function learnServerTime(time: string, sentAt: number): void {
  const received = now();
  const learned = Date.parse(time) - (sentAt + received) / 2;
  // A server of the release before this one gives no time.
  if (Number.isFinite(learned)) offset = learned;
}

/** What to add to `now()` to get the server's time. */
export function serverOffset(): number {
  return offset;
}
