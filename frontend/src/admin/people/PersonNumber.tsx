import { createContext, useContext, useMemo } from "react";
import type { Person } from "../../api/types";

/** The numbers of a meeting's people, by participant id. */
export type Numbers = ReadonlyMap<string, number>;

export const NumbersContext = createContext<Numbers>(new Map());

/** The same map until somebody joins or is erased: a number never changes. */
export function useNumbers(people: readonly Person[]): Numbers {
  const all = people.map(({ number }) => number).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `all` changes with what is used of the people
  return useMemo(() => new Map(people.map((person) => [person.participant_id, person.number])), [all]);
}

/** "Ada #12", where there can be no element: a name in another direction does not reorder the number. */
export const nameWithNumber = ({ name, number }: Person): string => `\u2068${name}\u2069 #${number}`;

/** "#12", which tells people of one name apart; nothing before the people are loaded. */
export function PersonNumber({ participantId }: { participantId: string }) {
  const number = useContext(NumbersContext).get(participantId);
  return number === undefined ? null : <span className="quiet">{`#${number}`}</span>;
}
