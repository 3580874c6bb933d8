import { useCallback, useState } from "react";
import type { Flag, Person } from "../../api/types";
import { isAmong, without } from "../people/people";
import { adjacentFlags } from "./FlagFeed";
import type { Flags } from "./useFlags";

export interface OpenedFlag {
  /** null while none is open. */
  flag: Flag | null;
  hasNewer: boolean;
  hasOlder: boolean;
  open: (flag: Flag) => void;
  /** Go to the next older (1) or newer (-1) flag. Loads older pages when needed. */
  step: (direction: -1 | 1) => Promise<void>;
  close: () => void;
}

/** The flag that is open for review, with steps to the next. */
export function useOpenedFlag(
  flags: readonly Flag[],
  erased: readonly Person[],
  { hasOlder, older }: Pick<Flags, "hasOlder" | "older">,
): OpenedFlag {
  const [opened, setOpened] = useState<Flag | null>(null);
  const newest = flags.find(({ id }) => id === opened?.id) ?? opened;
  const flag = isAmong(erased, opened?.participant_id) ? null : newest;
  const adjacent = flag ? adjacentFlags(flags, flag) : { newer: undefined, older: undefined };

  async function step(direction: -1 | 1) {
    if (!flag) return;
    const next = direction === -1 ? adjacent.newer : (adjacent.older ?? (await fetchOlderThan(flag)));
    // Unless the reviewer has moved on while it was loading.
    if (next) setOpened((now) => (now?.id === flag.id ? next : now));
  }

  async function fetchOlderThan(from: Flag): Promise<Flag | undefined> {
    let more = hasOlder;
    while (more) {
      const feed = await older();
      const next = adjacentFlags(without(feed.flags, erased), from).older;
      if (next) return next;
      more = feed.hasOlder;
    }
    return undefined;
  }

  return {
    flag,
    hasNewer: adjacent.newer !== undefined,
    hasOlder: adjacent.older !== undefined || hasOlder,
    open: setOpened,
    step,
    close: useCallback(() => setOpened(null), []),
  };
}
