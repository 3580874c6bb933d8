import { useSyncExternalStore } from "react";
import { now } from "./now";

const TICK_MS = 1_000;

// One timer for all components, and none while no component shows the time.
const listeners = new Set<() => void>();
let timer = 0;
let shown = now();

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    timer = window.setInterval(tick, TICK_MS);
    // Not updated while there was no timer.
    shown = now();
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

function tick(): void {
  shown = now();
  for (const listener of listeners) listener();
}

/** `now()`, updated every second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => shown);
}
