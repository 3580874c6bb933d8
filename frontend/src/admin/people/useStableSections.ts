import { useState } from "react";
import { isSame, keepPlaces, type Sections } from "./sections";

interface Stable {
  sections: Sections;
  /** How many wait for a place in the first section. */
  waiting: number;
  /** Give everyone their place now. */
  arrange: () => void;
}

/** Keep everyone's place while `frozen`, unless the filter (`key`) changes. */
export function useStableSections(wanted: Sections, key: string, frozen: boolean): Stable {
  const [shown, setShown] = useState({ key, sections: wanted });
  const isKept = frozen && shown.key === key;
  const next = isKept ? keepPlaces(shown.sections, wanted) : wanted;
  const isCurrent = shown.key === key && isSame(shown.sections, next);
  // During the render: the old places must not appear once more.
  if (!isCurrent) setShown({ key, sections: next });

  const sections = isCurrent ? shown.sections : next;
  const placed = new Set(sections.attention);
  return {
    sections,
    waiting: wanted.attention.filter((id) => !placed.has(id)).length,
    arrange: () => setShown({ key, sections: wanted }),
  };
}
