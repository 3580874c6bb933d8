import { afterEach, expect, it, vi } from "vitest";
import { loadSession } from "./session";

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
