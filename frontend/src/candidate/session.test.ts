import { afterEach, expect, it, vi } from "vitest";
import { forgetSeat, leaveSeat, loadSeat, loadSession, saveSession } from "./session";

const SESSION = {
  meetingId: "m",
  participantId: "p",
  token: "t",
  name: "Ada",
  startedAt: 1,
  cameraId: "",
  record: { judged: 7, episodes: [] },
};

afterEach(() => vi.unstubAllGlobals());

it.each(["messages", "told"])("restores a session that was stored with %j", (field) => {
  const messages = [{ id: "1", text: "Hello", sentAt: "2026-11-23T09:30:00Z", acknowledged: true }];
  const stored = JSON.stringify({ ...SESSION, [field]: messages });
  vi.stubGlobal("window", { sessionStorage: { getItem: () => stored } });
  expect(loadSession("m")).toMatchObject({ ...SESSION, messages });
});

it("restores the warnings of the release before this one", () => {
  const episodes = [
    { kind: "dark", from: 1, until: 2 },
    { kind: "no_face", from: 3, until: 4 },
  ];
  const stored = JSON.stringify({ ...SESSION, messages: [], record: { judged: 7, episodes } });
  vi.stubGlobal("window", { sessionStorage: { getItem: () => stored } });
  expect(loadSession("m")?.record.episodes.map(({ kind }) => kind)).toEqual(["technical", "no_face"]);
});

it("offers the seat of a closed tab for a day", () => {
  vi.useFakeTimers();
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  };
  vi.stubGlobal("window", { sessionStorage: { ...storage, getItem: () => null }, localStorage: storage });
  const session = { ...SESSION, messages: [] };
  saveSession(session);
  expect(loadSession("m")).toBeNull();
  expect(loadSeat("m")).toMatchObject({ session, finishedAt: null });
  expect(loadSeat("another")).toBeNull();
  vi.advanceTimersByTime(24 * 3_600_000);
  expect(loadSeat("m")).toBeNull();
  leaveSeat(session, 5);
  expect(loadSeat("m")?.finishedAt).toBe(5);
  forgetSeat("m");
  expect(loadSeat("m")).toBeNull();
  vi.useRealTimers();
});
