import { MutationObserver, notifyManager, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createQueryClient, POLLED } from "./queries";

// Without a window, TanStack Query takes this for a server, where nothing is polled.
vi.hoisted(() => vi.stubGlobal("window", globalThis));
// A hidden tab.
vi.hoisted(() => vi.stubGlobal("document", { visibilityState: "hidden" }));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("reports an outage until the next answer, also before the first and in a hidden tab", async () => {
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

it("tells of a pending action before the next event", async () => {
  const pending = { mutationFn: () => new Promise(() => undefined) };
  const observer = new MutationObserver(createQueryClient(), pending);
  const seen: string[] = [];
  // As its React hook subscribes.
  observer.subscribe(notifyManager.batchCalls(({ status }) => seen.push(status)));

  void observer.mutate();
  // Microtasks only: timers are faked.
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();

  expect(seen).toContain("pending");
});
