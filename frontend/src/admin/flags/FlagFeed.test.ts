import { describe, expect, it } from "vitest";
import type { Flag } from "../../api/types";
import { adjacentFlags, EMPTY_FEED, type Feed, FlagFeed, type ReadPage } from "./FlagFeed";

/** A server with `newest` flags; a cursor is the last id of a page. */
class TestServer {
  newest: number;
  reads = 0;

  constructor(flags: number) {
    this.newest = flags;
  }

  read: ReadPage = async (after, limit, etag) => {
    this.reads += 1;
    if (etag === `"${this.newest}"` && after === null) return null;
    const from = after === null ? this.newest : Number(after) - 1;
    const flags = Array.from({ length: Math.max(0, Math.min(limit, from)) }, (_, i) => flag(from - i));
    const oldest = flags.at(-1)?.id ?? 0;
    return { body: { flags, next: oldest > 1 ? String(oldest) : null }, etag: `"${this.newest}"` };
  };
}

function flag(id: number): Flag {
  return { id, ts: new Date(id * 1_000).toISOString(), review: "open" } as Flag;
}

function open(server: TestServer): { feed: FlagFeed; shown: () => Feed } {
  let shown = EMPTY_FEED;
  const feed = new FlagFeed(server.read, (next) => {
    shown = next;
  });
  return { feed, shown: () => shown };
}

const ids = ({ flags }: Feed): number[] => flags.map(({ id }) => id);
const downFrom = (id: number, count = id): number[] => Array.from({ length: count }, (_, i) => id - i);

describe("the flagged list", () => {
  it("shows the newest first", async () => {
    const server = new TestServer(3);
    const { feed, shown } = open(server);
    await feed.refresh();
    server.newest = 5;
    await feed.refresh();
    expect(ids(shown())).toEqual([5, 4, 3, 2, 1]);
  });

  it("stays the same object while nothing changes", async () => {
    const { feed, shown } = open(new TestServer(3));
    await feed.refresh();
    const before = shown();
    await feed.refresh();
    expect(shown()).toBe(before);
  });

  it("loads older pages on request", async () => {
    const { feed, shown } = open(new TestServer(250));
    await feed.refresh();
    expect(ids(shown())).toEqual(downFrom(250, 100));
    while (shown().hasOlder) await feed.older();
    expect(ids(shown())).toEqual(downFrom(250));
  });

  it("shares one request between concurrent calls", async () => {
    const server = new TestServer(250);
    const { feed, shown } = open(server);
    await feed.refresh();
    const before = server.reads;
    const [first, second] = await Promise.all([feed.older(), feed.older()]);
    expect(server.reads).toBe(before + 1);
    expect(first).toBe(second);
    expect(shown().flags).toHaveLength(200);
  });

  it("has no gap when more than a page is new", async () => {
    const server = new TestServer(10);
    const { feed, shown } = open(server);
    await feed.refresh();
    server.newest = 1_210;
    await feed.refresh();
    expect(ids(shown())).toEqual(downFrom(1_210));
  });

  it("shows a review at once and keeps its length on reload", async () => {
    const server = new TestServer(150);
    const { feed, shown } = open(server);
    await feed.refresh();
    await feed.older();
    feed.replace({ ...flag(149), review: "confirmed" });
    expect(shown().flags[1]).toMatchObject({ id: 149, review: "confirmed" });
    await feed.renew();
    expect(ids(shown())).toEqual(downFrom(150));
  });

  it("keeps what is new or reviewed while it is reloaded", async () => {
    const server = new TestServer(3);
    const { feed, shown } = open(server);
    await feed.refresh();
    const renewed = feed.renew();
    server.newest = 4;
    await feed.refresh();
    feed.replace({ ...flag(2), review: "confirmed" });
    await renewed;
    await feed.refresh();
    expect(ids(shown())).toEqual(downFrom(4));
    expect(shown().flags[2]).toMatchObject({ id: 2, review: "confirmed" });
  });
});

describe("the flags next to one", () => {
  const list = [flag(9), flag(7), flag(5)];
  it.each<[number, number | undefined, number | undefined]>([
    [9, undefined, 7],
    [7, 9, 5],
    [5, 7, undefined],
    [8, 9, 7],
    [10, undefined, 9],
    [1, 5, undefined],
  ])("of %j are %j and %j, also when it is not listed", (id, newer, older) => {
    const adjacent = adjacentFlags(list, flag(id));
    expect([adjacent.newer?.id, adjacent.older?.id]).toEqual([newer, older]);
  });
});
