import type { Person, PersonState } from "../../api/types";

/** One person who needs attention, or did. */
export interface Concern {
  /** Whether they need it now. */
  now: boolean;
  /** When they last did, in milliseconds. */
  lastAt: number;
  /** Whether an invigilator has looked at them since it began. */
  seen: boolean;
}

/** By participant id. */
export type Attention = ReadonlyMap<string, Concern>;

export const NO_ATTENTION: Attention = new Map();

/** People stay in the section this long, so that it does not flicker. */
export const STAY_MS = 3 * 60_000;

const URGENT = new Set<PersonState>(["flagged", "dark", "stale"]);
/** Somebody who is offline for longer has probably finished. */
const RECENTLY_OFFLINE_MS = 10 * 60_000;
/** Of the coverage: a page that is opened now must know what was just flagged. */
const RECENT_MINUTES = 3;

/** People who need attention now, and those who did until a moment ago or were not looked at since. */
export function updateAttention(before: Attention, people: readonly Person[], now: number): Attention {
  const after = new Map<string, Concern>();
  for (const person of people) {
    const concern = updateConcern(before.get(person.participant_id), person, now);
    if (concern) after.set(person.participant_id, concern);
  }
  return after;
}

function updateConcern(before: Concern | undefined, person: Person, now: number): Concern | undefined {
  if (isUrgent(person, now)) return { now: true, lastAt: now, seen: before?.now === true && before.seen };
  if (!before) return wasFlagged(person) ? { now: false, lastAt: now, seen: false } : undefined;
  const stays = !before.seen || now - before.lastAt < STAY_MS;
  return stays ? { ...before, now: false } : undefined;
}

const MAY_BE_ON_BREAK = new Set<PersonState>(["dark", "stale", "offline"]);

/** Whether an invigilator has given them the time in which nothing is seen of them. */
export function isOnBreak({ state, break_until }: Person): boolean {
  return Boolean(break_until) && MAY_BE_ON_BREAK.has(state);
}

function isUrgent(person: Person, now: number): boolean {
  if (isOnBreak(person)) return false;
  const { state, last_frame_at, last_break_ended_at } = person;
  if (state !== "offline") return URGENT.has(state);
  // A break may be longer: its end is when they should have come back.
  const expected = [last_frame_at, last_break_ended_at].flatMap((time) => (time ? [Date.parse(time)] : []));
  return expected.length > 0 && now - Math.max(...expected) < RECENTLY_OFFLINE_MS;
}

function wasFlagged({ coverage, open_incidents }: Person): boolean {
  return open_incidents > 0 && coverage.slice(-RECENT_MINUTES).includes("f");
}

/** Note that an invigilator has looked at these people. */
export function markSeen(attention: Attention, ids: readonly string[]): Attention {
  const after = new Map(attention);
  for (const id of ids) {
    const concern = after.get(id);
    if (concern) after.set(id, { ...concern, seen: true });
  }
  return after;
}
