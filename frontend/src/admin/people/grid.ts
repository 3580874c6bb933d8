import type { View } from "./filter";
import type { Sections } from "./sections";

export type SectionName = keyof Sections;

/** Sizes in pixels. All tiles have the same, so that no picture or text moves its neighbours. */
export interface Grid {
  columns: number;
  tileWidth: number;
  tileHeight: number;
}

export const GAP_PX = 6;
export const HEADING_PX = 32;
/** Name, number and minutes below the picture. */
const TEXT_REM = 1.95;
const LIST_ROW_REM = 4.25;
/** A row of the list on a narrow screen has more lines. */
const NARROW_REM = 44;
const NARROW_ROW_REM = 8.75;
const PICTURE_RATIO = 3 / 4;

/** Lay tiles of about this size out in a width; `remPx` is the page's font size. */
export function gridOf(view: View, widthPx: number, sizeRem: number, remPx: number): Grid {
  if (view === "list") {
    const rowRem = widthPx < NARROW_REM * remPx ? NARROW_ROW_REM : LIST_ROW_REM;
    return { columns: 1, tileWidth: widthPx, tileHeight: Math.round(rowRem * remPx) };
  }
  const columns = Math.max(1, Math.floor((widthPx + GAP_PX) / (sizeRem * remPx + GAP_PX)));
  const tileWidth = Math.floor((widthPx - GAP_PX * (columns - 1)) / columns);
  return { columns, tileWidth, tileHeight: Math.round(tileWidth * PICTURE_RATIO + TEXT_REM * remPx) };
}

/** A section's heading, or a row of its tiles from the one at `first`. */
export interface Row {
  section: SectionName;
  first: number | null;
}

/** Both sections as rows. Without anybody in the first there are no headings. */
export function rowsOf(sections: Sections, columns: number): Row[] {
  const names: SectionName[] = sections.attention.length > 0 ? ["attention", "others"] : ["others"];
  return names.flatMap((section): Row[] => {
    const rows = Math.ceil(sections[section].length / columns);
    const tiles = Array.from({ length: rows }, (_, row) => ({ section, first: row * columns }));
    return names.length > 1 ? [{ section, first: null }, ...tiles] : tiles;
  });
}

/** The height of so many people in two sections, however they are divided: what is below them stays there. */
export function highestOf(people: number, { columns, tileHeight }: Grid): number {
  // One in each section starts a row, the others fill rows.
  const rows = people > 1 ? 2 + Math.floor((people - 2) / columns) : people;
  return rows > 0 ? 2 * (HEADING_PX + GAP_PX) + rows * (tileHeight + GAP_PX) - GAP_PX : 0;
}
