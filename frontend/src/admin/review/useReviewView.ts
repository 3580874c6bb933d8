import { useCallback, useEffect, useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import type { IncidentFilter } from "../../api/incidents";
import { formatView, parseView } from "./reviewView";

/** Safari refuses more than a hundred changes of the URL in thirty seconds. */
const URL_MS = 400;

interface View {
  filter: IncidentFilter;
  setFilter: (change: Partial<IncidentFilter>) => void;
  /** null: the first of the list. */
  selectedId: number | null;
  setSelectedId: (id: number | null) => void;
}

/** The filter and the selected incident, both in the URL. */
export function useReviewView(): View {
  const [params, setParams] = useSearchParams();
  const search = params.toString();
  const filter: IncidentFilter = useMemo(() => parseView(new URLSearchParams(search)), [search]);
  const [selectedId, setSelectedId] = useState(() => parseView(params).incidentId);

  const setFilter = useCallback(
    (change: Partial<IncidentFilter>) => {
      setSelectedId(null);
      setParams((before) => formatView({ ...parseView(before), ...change, incidentId: null }), {
        replace: true,
      });
    },
    [setParams],
  );
  useEffect(() => {
    if (parseView(new URLSearchParams(search)).incidentId === selectedId) return;
    const timer = setTimeout(
      () =>
        setParams((before) => formatView({ ...parseView(before), incidentId: selectedId }), {
          replace: true,
        }),
      URL_MS,
    );
    return () => clearTimeout(timer);
  }, [search, selectedId, setParams]);

  return { filter, setFilter, selectedId, setSelectedId };
}
