import type { Person } from "../../api/types";
import type { Looking } from "../person/onlookers";

/** Props of a person on the wall, as a tile or as a row of the list. */
export interface TileProps {
  /** undefined for somebody who was erased a moment ago, and whose place stays empty. */
  person: Person | undefined;
  link: string;
  left: number;
  top: number;
  width: number;
  height: number;
  place: number;
  count: number;
  clockOffset: number;
  /** Whether it is the tab stop. */
  isCurrent: boolean;
  /** Whether they need attention, and nobody has looked at them since. */
  isNew: boolean;
  /** Other invigilators who have their page open. */
  looking: Looking | undefined;
  /** Whether the picture is loaded. */
  isVisible: boolean;
  onOpen: (participantId: string) => void;
  onFocus: (participantId: string) => void;
}

/** The server stops counting here. */
const MAX_COUNTED = 100;

export function countOf(incidents: number): string {
  return incidents >= MAX_COUNTED ? `${MAX_COUNTED}+` : `${incidents}`;
}
