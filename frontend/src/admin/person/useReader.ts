import { useState } from "react";
import type { Reader } from "../../api/types";
import { readStored, store } from "../../ui/storage";
import { isRecord, isString } from "../../ui/typeGuards";

const STORAGE_KEY = "proctor.reader";
const NOBODY: Reader = { name: "", email: "" };

const isReader = (value: unknown): value is Reader =>
  isRecord(value) && isString(value.name) && isString(value.email);

/** Who reads, kept while the tab is open: a reader decides about many attempts, and computers are shared. */
export function useReader(): [Reader, (reader: Reader) => void] {
  const [reader, setReader] = useState(() => readStored("sessionStorage", STORAGE_KEY, isReader) ?? NOBODY);
  return [
    reader,
    (next) => {
      store("sessionStorage", STORAGE_KEY, next);
      setReader(next);
    },
  ];
}
