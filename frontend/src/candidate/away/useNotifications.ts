import { useEffect, useState } from "react";
import { readStored, removeStored, store } from "../../ui/storage";
import { Notifier } from "./Notifier";
import type { Notice } from "./notices";

/** `refused` by the browser, `unavailable` in it. */
export type NotificationState = "on" | "off" | "refused" | "unavailable";

const isTrue = (value: unknown): value is true => value === true;

/** Notify of what is new while the candidate looks elsewhere, if they want that; kept over a reload. */
export function useNotifications(meetingId: string, notices: readonly Notice[]) {
  const key = `proctor.notify.${meetingId}`;
  const [state, setState] = useState(() => currentState(readStored("sessionStorage", key, isTrue) !== null));
  const [notifier] = useState(() => new Notifier({ isLooking: () => document.hasFocus(), show }));

  useEffect(() => {
    if (state === "on") notifier.update(notices);
    else notifier.stop();
  }, [notifier, state, notices]);
  useEffect(() => () => notifier.stop(), [notifier]);

  async function setOn(wanted: boolean) {
    if (wanted) {
      await Notification.requestPermission();
      store("sessionStorage", key, true);
    } else removeStored("sessionStorage", key);
    setState(currentState(wanted));
  }
  return { state, setOn };
}

function currentState(wanted: boolean): NotificationState {
  if (!("Notification" in window) || !isSecureContext) return "unavailable";
  if (Notification.permission === "denied") return "refused";
  return wanted && Notification.permission === "granted" ? "on" : "off";
}

function show({ id, title, text }: Notice): () => void {
  try {
    const shown = new Notification(title, { body: text, tag: id });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    return () => shown.close();
  } catch {
    // Chrome on Android has the class but not its constructor.
    return () => undefined;
  }
}
