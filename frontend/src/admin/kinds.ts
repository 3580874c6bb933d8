const NAMES: Record<string, string> = {
  multiple_faces: "More than one person",
};

/** A kind of flag in words. */
export function kindName(kind: string): string {
  const words = NAMES[kind] ?? kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const KNOWN_KINDS = Object.keys(NAMES);
