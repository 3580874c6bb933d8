import { QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createQueryClient, POLLED } from "./queries";

// Without a window, TanStack Query takes this for a server, where nothing is polled.
vi.hoisted(() => vi.stubGlobal("window", globalThis));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("reports an outage until the next answer, also before the first", async () => {
  const answers = ["down", "down", 1, "down", 2];
  const observer = new QueryObserver(createQueryClient(), {
    ...POLLED,
    queryKey: ["test"],
    queryFn: () => {
      const answer = answers.shift();
      if (typeof answer === "string") throw new Error(answer);
      return answer;
    },
  });
  const seen: string[] = [];
  const stop = observer.subscribe(({ data, failureReason }) => {
    const state = `${data} ${failureReason?.message}`;
    if (seen.at(-1) !== state) seen.push(state);
  });

  await vi.advanceTimersByTimeAsync(4 * POLLED.refetchInterval + 100);
  stop();

  expect(seen).toEqual(["undefined undefined", "undefined down", "1 undefined", "1 down", "2 undefined"]);
});
