import { describe, expect, it } from "vitest";
import type { Message } from "../../api/types";
import { Inbox, type ReceivedMessage } from "./Inbox";

const message = (id: string): Message => ({
  id,
  text: `text of ${id}`,
  sent_at: "2026-11-23T09:30:00Z",
});
const receipt = (id: string, acknowledged: boolean) => ({ type: "receipt", id, acknowledged });

function opened(before: readonly ReceivedMessage[] = []) {
  const states: (readonly ReceivedMessage[])[] = [];
  return { inbox: new Inbox(before, (messages) => states.push(messages)), states };
}

describe("the candidate's inbox", () => {
  it("shows a repeated message once", () => {
    const { inbox, states } = opened();

    expect(inbox.receive(message("a"))).toEqual(receipt("a", false));
    expect(inbox.receive(message("a"))).toEqual(receipt("a", false));

    expect(states).toHaveLength(1);
    expect(states[0]?.map(({ text }) => text)).toEqual(["text of a"]);
  });

  it("repeats the receipt when the gateway repeats the message", () => {
    const { inbox, states } = opened();
    inbox.receive(message("a"));

    expect(inbox.acknowledge("a")).toEqual(receipt("a", true));
    expect(inbox.receive(message("a"))).toEqual(receipt("a", true));

    expect(states.at(-1)?.[0]?.acknowledged).toBe(true);
  });

  it("continues with the messages from before a reload", () => {
    const before = [{ id: "a", text: "text of a", sentAt: "2026-11-23T09:30:00Z", acknowledged: true }];
    const { inbox, states } = opened(before);

    expect(inbox.receive(message("a"))).toEqual(receipt("a", true));
    inbox.receive(message("b"));

    expect(states.at(-1)?.map(({ id }) => id)).toEqual(["a", "b"]);
  });
});
