import { afterEach, expect, it, vi } from "vitest";
import { findSeat } from "./seat";

const SEAT = {
  meetingId: "m",
  participantId: "p",
  token: "t",
  name: "Ada",
  startedAt: 1,
  cameraId: "",
  record: { judged: 7, episodes: [] },
};

afterEach(() => vi.unstubAllGlobals());

it.each(["messages", "told"])("restores a seat that was stored with %j", (field) => {
  const messages = [{ id: "1", text: "Hello", sentAt: "2026-11-23T09:30:00Z", acknowledged: true }];
  const stored = JSON.stringify({ ...SEAT, [field]: messages });
  vi.stubGlobal("window", { sessionStorage: { getItem: () => stored } });
  expect(findSeat("m")).toMatchObject({ ...SEAT, messages });
});

it("restores the warnings of the release before this one", () => {
  const episodes = [
    { kind: "dark", from: 1, until: 2 },
    { kind: "no_face", from: 3, until: 4 },
  ];
  const stored = JSON.stringify({ ...SEAT, messages: [], record: { judged: 7, episodes } });
  vi.stubGlobal("window", { sessionStorage: { getItem: () => stored } });
  expect(findSeat("m")?.record.episodes.map(({ kind }) => kind)).toEqual(["technical", "no_face"]);
});
