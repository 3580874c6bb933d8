import { useCallback, useState } from "react";
import { formatFilter, type PeopleFilter, parseFilter } from "./filter";

/** The filter in the page's address, which a reload, a link and the browser's Back keep. */
export function usePeopleFilter(): [PeopleFilter, (changes: Partial<PeopleFilter>) => void] {
  const [filter, setFilter] = useState(() => parseFilter(location.search));
  const change = useCallback(
    (changes: Partial<PeopleFilter>) => {
      const next = { ...filter, ...changes };
      setFilter(next);
      const query = formatFilter(next, location.search);
      // The browser's own state of this entry stays.
      history.replaceState(history.state, "", location.pathname + query + location.hash);
    },
    [filter],
  );
  return [filter, change];
}
