import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";
import { type Axis, minuteOf, timeOfMinute } from "./axis";

const ZOOMS = [1, 2, 4, 8, 16];
/** Safari refuses more than 100 changes of the address in 30 s: a held arrow key makes more. */
const WRITE_DELAY_MS = 400;

export interface Moment {
  /** null while none was chosen. */
  minute: number | null;
  zoom: number;
  goTo: (minute: number) => void;
  zoomBy: (direction: -1 | 1) => void;
  isWidest: boolean;
  isClosest: boolean;
}

/** The chosen minute and the zoom, which are in the page's link, too. */
export function useMoment(axis: Axis | null): Moment {
  const [parameters, setParameters] = useSearchParams();
  const [at, setAt] = useState(() => Date.parse(parameters.get("at") ?? ""));
  const [zoom, setZoom] = useState(() => readZoom(parameters.get("zoom")));
  const wanted = formatMoment(at, zoom);

  useEffect(() => {
    if (wanted === formatMoment(Date.parse(parameters.get("at") ?? ""), readZoom(parameters.get("zoom"))))
      return;
    // Replaced: Back leads to the page before, not through every minute.
    const timer = setTimeout(() => setParameters(wanted, { replace: true }), WRITE_DELAY_MS);
    return () => clearTimeout(timer);
  }, [wanted, parameters, setParameters]);

  return {
    minute: axis && Number.isFinite(at) ? minuteOf(axis, at) : null,
    zoom,
    goTo: (minute) => axis && setAt(timeOfMinute(axis, minute)),
    zoomBy: (direction) => setZoom(ZOOMS[ZOOMS.indexOf(zoom) + direction] ?? zoom),
    isWidest: zoom === ZOOMS[0],
    isClosest: zoom === ZOOMS.at(-1),
  };
}

/** The query of a link to a minute. */
export function formatMoment(at: number, zoom: number): string {
  const query = new URLSearchParams();
  if (Number.isFinite(at)) query.set("at", `${new Date(at).toISOString().slice(0, 16)}Z`);
  if (zoom !== 1) query.set("zoom", String(zoom));
  return query.toString();
}

function readZoom(text: string | null): number {
  const zoom = Number(text);
  return ZOOMS.includes(zoom) ? zoom : 1;
}
