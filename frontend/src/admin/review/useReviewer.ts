import { useState } from "react";
import { readStored, store } from "../../ui/storage";
import { isString } from "../../ui/typeGuards";

const STORAGE_KEY = "proctor.reviewer";

/** The name under which this browser reviews: an admin key has none. */
export function useReviewer(): [string, (name: string) => void] {
  const [name, setName] = useState(() => readStored("localStorage", STORAGE_KEY, isString) ?? "");
  return [
    name,
    (changed) => {
      setName(changed);
      store("localStorage", STORAGE_KEY, changed);
    },
  ];
}
