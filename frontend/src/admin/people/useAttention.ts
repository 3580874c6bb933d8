import { useCallback, useEffect, useState } from "react";
import type { Person } from "../../api/types";
import { now } from "../../ui/now";
import { readStored, removeStored, store } from "../../ui/storage";
import { isRecord, isString } from "../../ui/typeGuards";
import { type Attention, type Concern, markSeen, NO_ATTENTION, updateAttention } from "./attention";

// In sessionStorage: the wall is as before when an invigilator comes back from a person.
const storageKey = (meetingId: string): string => `proctor.attention.${meetingId}`;

/** Called when this browser forgets the meeting's key. */
export function forgetAttention(meetingId: string): void {
  removeStored("sessionStorage", storageKey(meetingId));
}

/** Who needs attention, and how to note that somebody was looked at. */
export function useAttention(
  meetingId: string,
  people: readonly Person[],
  clockOffset: number,
): [Attention, (ids: readonly string[]) => void] {
  const [attention, setAttention] = useState(() => load(meetingId));

  useEffect(() => {
    if (people.length === 0) return;
    setAttention((before) => updateAttention(before, people, now() + clockOffset));
  }, [people, clockOffset]);
  useEffect(() => {
    store("sessionStorage", storageKey(meetingId), [...attention]);
  }, [meetingId, attention]);

  return [attention, useCallback((ids) => setAttention((before) => markSeen(before, ids)), [])];
}

function load(meetingId: string): Attention {
  const stored = readStored("sessionStorage", storageKey(meetingId), isEntries);
  return stored ? new Map(stored) : NO_ATTENTION;
}

function isEntries(value: unknown): value is [string, Concern][] {
  return Array.isArray(value) && value.every(isEntry);
}

function isEntry(value: unknown): value is [string, Concern] {
  if (!Array.isArray(value)) return false;
  const [id, concern]: unknown[] = value;
  return isString(id) && isRecord(concern) && typeof concern.lastAt === "number";
}
