import { afterEach, beforeEach, expect, it, vi } from "vitest";

const clocks = { wall: 1_000_000, monotonic: 0 };

function pass(milliseconds: number): void {
  clocks.wall += milliseconds;
  clocks.monotonic += milliseconds;
}

beforeEach(() => {
  vi.resetModules();
  Object.assign(clocks, { wall: 1_000_000, monotonic: 0 });
  vi.spyOn(Date, "now").mockImplementation(() => clocks.wall);
  vi.spyOn(performance, "now").mockImplementation(() => clocks.monotonic);
});
afterEach(() => vi.restoreAllMocks());

async function ageAfter(change: () => void): Promise<number> {
  const { now } = await import("./now");
  const before = now();
  change();
  return now() - before;
}

it("measures the time that passes", async () => {
  expect(await ageAfter(() => pass(5_000))).toBe(5_000);
});

it("keeps counting when the system clock is set back", async () => {
  const setBack = () => {
    clocks.wall -= 3 * 3_600_000;
    pass(5_000);
  };
  expect(await ageAfter(setBack)).toBe(5_000);
});

it("counts the time that the computer slept", async () => {
  const sleep = () => {
    clocks.wall += 60_000;
  };
  expect(await ageAfter(sleep)).toBe(60_000);
});

it("does not drift by rounding", async () => {
  const { now } = await import("./now");
  const before = now();
  for (let i = 0; i < 10_000; i++) {
    clocks.monotonic += 0.4;
    clocks.wall = 1_000_000 + Math.round(clocks.monotonic);
    now();
  }
  expect(now() - before).toBeCloseTo(4_000, 0);
});
