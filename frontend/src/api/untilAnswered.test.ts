import { afterEach, expect, it, vi } from "vitest";
import { ApiError } from "./client";
import { untilAnswered } from "./untilAnswered";

afterEach(() => vi.useRealTimers());

const UNREACHABLE = new ApiError("unreachable", 0);

it("repeats a call through an outage, and throws a refusal", async () => {
  vi.useFakeTimers();
  const refusal = new ApiError("gone", 404);
  const answers = [UNREACHABLE, new ApiError("unavailable", 503), refusal];
  const call = vi.fn(() => Promise.reject(answers.shift()));
  const done = expect(untilAnswered(call)).rejects.toBe(refusal);
  await vi.runAllTimersAsync();
  await done;
  expect(call).toHaveBeenCalledTimes(3);
});

it("does not repeat an aborted call", async () => {
  vi.useFakeTimers();
  const controller = new AbortController();
  const call = vi.fn(() => Promise.reject(UNREACHABLE));
  const done = untilAnswered(call, controller.signal);
  await vi.advanceTimersByTimeAsync(0);
  controller.abort();
  await vi.runAllTimersAsync();
  await done;
  expect(call).toHaveBeenCalledOnce();
});
