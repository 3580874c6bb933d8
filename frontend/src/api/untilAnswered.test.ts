import { afterEach, expect, it, vi } from "vitest";
import { ApiError } from "./client";
import { untilAnswered } from "./untilAnswered";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("repeats a call through an outage, and accepts a refusal", async () => {
  vi.useFakeTimers();
  const logged = vi.spyOn(console, "error").mockReturnValue();
  const answers = [
    new ApiError("unreachable", 0),
    new ApiError("unavailable", 503),
    new ApiError("gone", 404),
  ];
  const call = vi.fn(() => Promise.reject(answers.shift()));
  const done = untilAnswered(call);
  await vi.runAllTimersAsync();
  await done;
  expect(call).toHaveBeenCalledTimes(3);
  expect(logged).toHaveBeenCalledOnce();
});
