import { useCallback, useEffect, useState } from "react";
import { formatFilter, type PeopleFilter, parseFilter } from "./filter";

/** For an invigilator who comes back by a link, which has no query. */
let lastQuery = "";

/** The filter in the page's address, which a reload, a link and the browser's Back keep. */
export function usePeopleFilter(): [PeopleFilter, (changes: Partial<PeopleFilter>) => void] {
  const [filter, setFilter] = useState(() => parseFilter(location.search || lastQuery));

  useEffect(() => {
    lastQuery = formatFilter(filter, location.search);
    // The browser's own state of this entry stays.
    if (lastQuery !== location.search) {
      history.replaceState(history.state, "", location.pathname + lastQuery + location.hash);
    }
  }, [filter]);

  const change = useCallback(
    (changes: Partial<PeopleFilter>) => setFilter((before) => ({ ...before, ...changes })),
    [],
  );
  return [filter, change];
}
