import { describe, expect, it } from "vitest";
import type { Job } from "../../api/types";
import { initialState, type LoopState } from "./FrameLoop";
import { type CameraState, statusLine, statusOf } from "./status";

const INTERVAL = 5_000;
const TAKEN = 1_000_000;

function stateWith(part: Partial<LoopState>, faces = 1): LoopState {
  const last = { job: { faces, flags: [] } as unknown as Job, takenAt: TAKEN, answeredAt: TAKEN + 400 };
  return { ...initialState({ judged: 1, episodes: [] }, 0), intervalMs: INTERVAL, last, ...part };
}

function line(part: Partial<LoopState>, now: number, faces = 1, camera: CameraState = "on"): string {
  return statusLine(statusOf(stateWith(part, faces), camera, INTERVAL, now), now);
}

describe("the status line", () => {
  it.each<[string, Partial<LoopState>, number]>([
    ["Taking the first picture", { condition: "starting", last: null }, TAKEN],
    ["Checked 2 s ago · all good", { condition: "judged" }, TAKEN + 2_000],
    ["Checked just now · all good", { condition: "judged" }, TAKEN + 300],
    ["Connection lost, trying again · last checked 40 s ago", { condition: "lost" }, TAKEN + 40_000],
    ["Server is busy, sending less often · last checked 8 s ago", { condition: "busy" }, TAKEN + 8_000],
    ["Waiting for the server · last checked 8 s ago", { condition: "waiting" }, TAKEN + 8_000],
    ["Taking the next picture · last checked 8 s ago", { condition: "camera_off" }, TAKEN + 8_000],
    [
      "Checked 2 s ago · all good · server is busy, sending less often",
      { condition: "judged", intervalMs: 3 * INTERVAL },
      TAKEN + 2_000,
    ],
  ])("says %j", (text, part, now) => {
    expect(line(part, now)).toBe(text);
  });

  it("does not say good when verdicts have stopped", () => {
    expect(line({ condition: "judged" }, TAKEN + 60_000)).toBe(
      "Waiting for the server · last checked 1 min ago",
    );
  });

  it.each<[string, CameraState, LoopState["condition"]]>([
    ["Camera is off · last checked 2 s ago", "off", "judged"],
    ["Camera is off · last checked 2 s ago", "off", "camera_off"],
    ["Turning the camera on · last checked 2 s ago", "opening", "judged"],
    ["No longer checked: join again · last checked 2 s ago", "off", "expired"],
  ])("says %j whatever the last picture showed", (text, camera, condition) => {
    expect(line({ condition }, TAKEN + 2_000, 1, camera)).toBe(text);
  });

  it("shows no concern while the camera is off", () => {
    const state = stateWith({ condition: "judged", concern: "multiple_faces" }, 2);
    expect(statusOf(state, "on", INTERVAL, TAKEN).concern).toBe("multiple_faces");
    expect(statusOf(state, "off", INTERVAL, TAKEN).concern).toBeNull();
  });

  it("does not say good when nobody was seen", () => {
    expect(line({ condition: "judged" }, TAKEN + 2_000, 0)).toBe(
      "Checked 2 s ago · nobody seen this time, checking once more",
    );
  });

  it("says that it checks once more before a warning ends", () => {
    const warned = { condition: "judged", concern: "no_face" } as const;
    expect(line(warned, TAKEN, 0)).toBe("Checked just now · please read the warning");
    expect(line(warned, TAKEN, 1)).toBe("Checked just now · good this time, checking once more");
  });
});
