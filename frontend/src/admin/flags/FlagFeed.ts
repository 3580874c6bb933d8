import type { Tagged } from "../../api/gateway";
import type { Flag, FlagPage } from "../../api/types";

/** Read the page after a cursor; null when `etag` still matches. */
export type ReadPage = (
  after: string | null,
  limit: number,
  etag: string | undefined,
) => Promise<Tagged<FlagPage> | null>;

export interface Feed {
  /** Newest first. */
  flags: readonly Flag[];
  hasOlder: boolean;
  /** False until the first answer. */
  loaded: boolean;
}

export const EMPTY_FEED: Feed = { flags: [], hasOlder: false, loaded: false };

const PAGE = 100;
const MAX_PAGE = 500;

/** The loaded part of the flagged list: `refresh` adds new flags at the top, `older` a page at the bottom. */
export class FlagFeed {
  #byId = new Map<number, Flag>();
  #older: string | null = null;
  #etag: string | undefined;
  #feed = EMPTY_FEED;
  #readingOlder: Promise<Feed> | null = null;

  constructor(
    private readonly read: ReadPage,
    private readonly onChange: (feed: Feed) => void,
  ) {}

  /** Add new flags at the top. */
  async refresh(): Promise<Feed> {
    const answer = await this.read(null, PAGE, this.#etag);
    if (!answer) return this.#feed;
    const before = this.#byId;
    let page = answer.body;
    const added = [...page.flags];
    // More than a page may be new since the last refresh.
    while (before.size > 0 && page.next && !page.flags.some(({ id }) => before.has(id))) {
      page = await this.#page(page.next, MAX_PAGE);
      added.push(...page.flags);
    }
    if (before.size === 0) this.#older = page.next;
    this.#etag = answer.etag;
    this.#merge(added);
    return this.#feed;
  }

  /** Add the next older page. Concurrent calls share one request. */
  older(): Promise<Feed> {
    this.#readingOlder ??= this.#readOlder().finally(() => {
      this.#readingOlder = null;
    });
    return this.#readingOlder;
  }

  async #readOlder(): Promise<Feed> {
    if (this.#older) {
      const page = await this.#page(this.#older, PAGE);
      this.#older = page.next;
      this.#merge(page.flags);
    }
    return this.#feed;
  }

  /** Reload everything that is shown: links to pictures expire. */
  async renew(): Promise<void> {
    const before = this.#byId;
    const flags: Flag[] = [];
    let next: string | null = null;
    do {
      const page: FlagPage = await this.#page(next, MAX_PAGE);
      flags.push(...page.flags);
      next = page.next;
    } while (next && flags.length < before.size);
    this.#older = next;
    // What was read or reviewed meanwhile is newer than these pages.
    const changed = [...this.#byId.values()].filter((flag) => before.get(flag.id) !== flag);
    this.#byId = new Map();
    this.#merge([...flags, ...changed]);
  }

  /** Replace a flag that was just reviewed. */
  replace(flag: Flag): void {
    this.#merge([flag]);
  }

  async #page(after: string | null, limit: number): Promise<FlagPage> {
    const answer = await this.read(after, limit, undefined);
    return answer?.body ?? { flags: [], next: null };
  }

  #merge(flags: readonly Flag[]): void {
    this.#byId = new Map(this.#byId);
    for (const flag of flags) this.#byId.set(flag.id, flag);
    this.#feed = {
      flags: [...this.#byId.values()].sort(newestFirst),
      hasOlder: this.#older !== null,
      loaded: true,
    };
    this.onChange(this.#feed);
  }
}

/** The flags on either side of `flag`, which need not be in the list any longer (filtered out, or reloaded). */
export function adjacentFlags(
  flags: readonly Flag[],
  flag: Flag,
): { newer: Flag | undefined; older: Flag | undefined } {
  const older = flags.findIndex((other) => newestFirst(flag, other) < 0);
  const end = older < 0 ? flags.length : older;
  const newer = flags[end - 1]?.id === flag.id ? end - 2 : end - 1;
  return { newer: flags[newer], older: flags[end] };
}

function newestFirst(a: Flag, b: Flag): number {
  return a.ts === b.ts ? b.id - a.id : a.ts < b.ts ? 1 : -1;
}
