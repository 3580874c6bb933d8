/** Survives the browser, or only its tab. */
type Area = "localStorage" | "sessionStorage";

// What the browser would not keep: storage may be blocked, or full, and the page has to go on all the same.
const unsaved = new Map<string, unknown>();

/** What is kept under this name; null where there is nothing, or nothing that `isValid` knows. */
export function readStored<T>(area: Area, name: string, isValid: (value: unknown) => value is T): T | null {
  const id = `${area} ${name}`;
  const value = unsaved.has(id) ? unsaved.get(id) : readFrom(area, name);
  return isValid(value) ? value : null;
}

function readFrom(area: Area, name: string): unknown {
  try {
    return JSON.parse(window[area].getItem(name) ?? "null");
  } catch {
    return null;
  }
}

/** Keeps it, at least as long as this page is open; returns whether the browser keeps it for longer. */
export function store(area: Area, name: string, value: unknown): boolean {
  return attempt(area, name, value, (storage) => storage.setItem(name, JSON.stringify(value)));
}

export function removeStored(area: Area, name: string): void {
  attempt(area, name, null, (storage) => storage.removeItem(name));
}

function attempt(area: Area, name: string, value: unknown, change: (storage: Storage) => void): boolean {
  const id = `${area} ${name}`;
  try {
    change(window[area]);
    unsaved.delete(id);
    return true;
  } catch {
    unsaved.set(id, value);
    return false;
  }
}
