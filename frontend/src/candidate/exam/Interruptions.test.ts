import { describe, expect, it, vi } from "vitest";
import type { ReportedInterruption } from "../../api/types";
import type { Condition } from "./FrameLoop";
import { type InterruptionState, Interruptions, isInterruptionState } from "./Interruptions";

const SECOND = 1_000;

/** A page with its clock and its storage. Each entry of `failures` makes one report fail. */
class TestPage {
  clock = 1_000_000;
  stored: InterruptionState | null = null;
  reports: ReportedInterruption[][] = [];
  failures: Error[] = [];
  #interruptions = this.#open();

  /** Let time pass with a note every five seconds, as the frame loop makes them. */
  async spend(seconds: number, condition: Condition): Promise<void> {
    for (let spent = 0; spent < seconds; spent += 5) {
      this.clock += 5 * SECOND;
      this.#interruptions.note(condition, this.clock);
      await Promise.resolve();
      await Promise.resolve();
    }
  }

  /** Let time pass in which no code runs. */
  sleep(seconds: number): void {
    this.clock += seconds * SECOND;
  }

  reload(participantId = "ada"): void {
    this.#interruptions = this.#open(participantId);
  }

  #open(participantId = "ada"): Interruptions {
    const environment = {
      load: () => this.stored,
      save: (state: InterruptionState) => {
        this.stored = structuredClone(state);
      },
      report: async (report: ReportedInterruption[]) => {
        const failure = this.failures.shift();
        if (failure) throw failure;
        this.reports.push(report);
      },
    };
    return new Interruptions(environment, participantId, this.clock);
  }
}

const reported = (type: string, started: number, ended: number) => ({
  type,
  started_seconds_ago: started,
  ended_seconds_ago: ended,
});

describe("the page's interruptions", () => {
  it.each([
    ["lost", "network"],
    ["camera_off", "camera_off"],
  ] as const)("reports once what it saw while it was %s", async (condition, type) => {
    const page = new TestPage();
    await page.spend(20, "judged");
    await page.spend(60, condition);
    await page.spend(30, "judged");

    expect(page.reports).toEqual([[reported(type, 60, 0)]]);
  });

  it("keeps interruptions of different types apart", async () => {
    const page = new TestPage();
    await page.spend(60, "lost");
    await page.spend(30, "camera_off");
    await page.spend(5, "judged");

    expect(page.reports).toEqual([[reported("network", 90, 30), reported("camera_off", 30, 0)]]);
  });

  it("does not report what leaves no minute without a frame", async () => {
    const page = new TestPage();
    await page.spend(10, "lost");
    await page.spend(300, "busy");
    await page.spend(10, "judged");

    expect(page.reports).toEqual([]);
  });

  it("reports a reload, and what lasted before it", async () => {
    const page = new TestPage();
    await page.spend(5, "judged");
    await page.spend(60, "lost");
    page.sleep(120);
    page.reload();
    await page.spend(5, "judged");

    expect(page.reports).toEqual([[reported("network", 180, 125), reported("page_closed", 125, 5)]]);
  });

  it("reports the time in which the computer slept", async () => {
    const page = new TestPage();
    await page.spend(5, "judged");
    page.sleep(600);
    await page.spend(5, "judged");

    expect(page.reports).toEqual([[reported("page_closed", 605, 0)]]);
  });

  it("does not take a slow request for a closed page", async () => {
    const page = new TestPage();
    await page.spend(5, "judged");
    page.sleep(50);
    await page.spend(5, "lost");
    await page.spend(5, "judged");

    expect(page.reports).toEqual([]);
  });

  it("repeats a report that failed, also after a reload", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const page = new TestPage();
    page.failures = [new Error("offline"), new Error("offline")];
    await page.spend(60, "lost");
    await page.spend(10, "judged");
    page.reload();
    await page.spend(5, "judged");

    expect(page.reports).toHaveLength(1);
    expect(page.reports[0]?.[0]?.type).toBe("network");
  });

  it("reports nothing of the participant before", async () => {
    const page = new TestPage();
    await page.spend(60, "lost");
    page.sleep(60);
    page.reload("bob");
    await page.spend(5, "judged");

    expect(page.reports).toEqual([]);
  });

  it("keeps a limited number", async () => {
    const page = new TestPage();
    for (let i = 0; i < 30; i++) {
      await page.spend(20, "lost");
      await page.spend(20, "camera_off");
    }
    await page.spend(5, "judged");

    expect(page.reports[0]).toHaveLength(20);
  });

  it("sends ages that the gateway accepts, though the clock was set back", async () => {
    const page = new TestPage();
    await page.spend(60, "lost");
    page.clock += 48 * 3_600 * SECOND;
    page.reload();
    page.clock -= 72 * 3_600 * SECOND;
    await page.spend(5, "judged");

    for (const { started_seconds_ago, ended_seconds_ago } of page.reports.flat()) {
      expect(ended_seconds_ago).toBeGreaterThanOrEqual(0);
      expect(started_seconds_ago).toBeGreaterThanOrEqual(ended_seconds_ago);
      expect(started_seconds_ago).toBeLessThanOrEqual(24 * 3_600);
    }
  });
});

it("does not read what another release stored", () => {
  expect(isInterruptionState(null)).toBe(false);
  expect(isInterruptionState({ aliveAt: "now" })).toBe(false);
});
