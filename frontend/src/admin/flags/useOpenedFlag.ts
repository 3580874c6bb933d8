import { useCallback, useState } from "react";
import type { Flag, Person } from "../../api/types";
import { isAmong, without } from "../people/people";
import { neighboursOf } from "./FlagFeed";
import type { Flags } from "./useFlags";

export interface OpenedFlag {
  /** null while none is open. */
  flag: Flag | null;
  hasNewer: boolean;
  hasOlder: boolean;
  open: (flag: Flag) => void;
  /** To the next older flag, or the next newer one; older pages are fetched when it comes to that. */
  step: (direction: -1 | 1) => Promise<void>;
  close: () => void;
}

/** The flag that is open for review, and the way from it to the next. */
export function useOpenedFlag(
  flags: readonly Flag[],
  erased: readonly Person[],
  { hasOlder, older }: Pick<Flags, "hasOlder" | "older">,
): OpenedFlag {
  const [opened, setOpened] = useState<Flag | null>(null);
  const newest = flags.find(({ id }) => id === opened?.id) ?? opened;
  const flag = isAmong(erased, opened?.participant_id) ? null : newest;
  const beside = flag ? neighboursOf(flags, flag) : { newer: undefined, older: undefined };

  async function step(direction: -1 | 1) {
    if (!flag) return;
    const next = direction === -1 ? beside.newer : (beside.older ?? (await fetchOlderThan(flag)));
    // Unless the reviewer has gone elsewhere while it was fetched.
    if (next) setOpened((now) => (now?.id === flag.id ? next : now));
  }

  async function fetchOlderThan(from: Flag): Promise<Flag | undefined> {
    let more = hasOlder;
    while (more) {
      const feed = await older();
      const next = neighboursOf(without(feed.flags, erased), from).older;
      if (next) return next;
      more = feed.hasOlder;
    }
    return undefined;
  }

  return {
    flag,
    hasNewer: beside.newer !== undefined,
    hasOlder: beside.older !== undefined || hasOlder,
    open: setOpened,
    step,
    close: useCallback(() => setOpened(null), []),
  };
}
