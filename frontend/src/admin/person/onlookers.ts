import type { MessageToBrowser } from "../../api/types";

export type LookingNotice = Extract<MessageToBrowser, { type: "looking" }>;

/** Another invigilator's page. */
interface Onlooker {
  participantId: string | null;
  name: string | null;
  heardAt: number;
}

export type Onlookers = ReadonlyMap<string, Onlooker>;

export const REPEAT_MS = 10_000;
/** Three missed notices: the page is gone without saying so. */
const FORGET_MS = 3 * REPEAT_MS;

/** Return the onlookers after a notice. */
export function withNotice(onlookers: Onlookers, notice: LookingNotice, now: number): Onlookers {
  const { viewer, participant_id, name } = notice;
  return new Map(onlookers).set(viewer, { participantId: participant_id, name, heardAt: now });
}

/** Return the onlookers that were heard of lately and have a person open; the same map if all are. */
export function withoutOld(onlookers: Onlookers, now: number): Onlookers {
  const kept = [...onlookers].filter(
    ([, { participantId, heardAt }]) => participantId !== null && now - heardAt < FORGET_MS,
  );
  return kept.length === onlookers.size ? onlookers : new Map(kept);
}

/** "Sam is looking at this"; empty if nobody else does. */
export function lookingText(onlookers: Onlookers, participantId: string): string {
  const here = [...onlookers.values()].filter((onlooker) => onlooker.participantId === participantId);
  const names = here.flatMap(({ name }) => name ?? []);
  const unnamed = here.length - names.length;
  if (unnamed > 0) names.push(unnamed === 1 ? "another invigilator" : `${unnamed} other invigilators`);
  if (names.length === 0) return "";
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
  const isPlural = here.length > 1;
  return `${list.charAt(0).toUpperCase()}${list.slice(1)} ${isPlural ? "are" : "is"} looking at this`;
}
