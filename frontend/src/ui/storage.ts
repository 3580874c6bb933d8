/** `localStorage` survives closing the browser, `sessionStorage` only a reload of the tab. */
type Area = "localStorage" | "sessionStorage";

// Values that the browser refused to store (blocked, or full): the page has to work all the same.
const unsaved = new Map<string, unknown>();

/** Return the value stored under `name`; null if there is none or it is not valid. */
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

/** The names of the values that the browser has stored. */
export function storedNames(area: Area): string[] {
  try {
    return Object.keys(window[area]);
  } catch {
    return [];
  }
}

/** Store a value, at least while this page is open. Return whether the browser stored it, too. */
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
