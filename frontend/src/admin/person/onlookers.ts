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

/** Who else has one person open: "Sam", "is looking at this". */
export interface Looking {
  names: string;
  does: string;
}

/** Who has whom open, by participant id. */
export function lookingByPerson(onlookers: Onlookers): ReadonlyMap<string, Looking> {
  const all = [...onlookers.values()];
  return new Map(
    all.flatMap(({ participantId: id }) =>
      id === null ? [] : [[id, describe(all.filter(({ participantId }) => participantId === id))]],
    ),
  );
}

function describe(here: readonly Onlooker[]): Looking {
  const names = here.flatMap(({ name }) => name ?? []);
  const unnamed = here.length - names.length;
  if (unnamed > 0) names.push(unnamed === 1 ? "another invigilator" : `${unnamed} other invigilators`);
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
  return {
    names: `${list.charAt(0).toUpperCase()}${list.slice(1)}`,
    does: `${here.length > 1 ? "are" : "is"} looking at this`,
  };
}
