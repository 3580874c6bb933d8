import { useCallback, useEffect, useRef, useState } from "react";
import type { Inbox, NewIncident } from "../../api/types";
import { now } from "../../ui/now";
import { KIND_NAMES } from "../flags/labels";
import { type AlertChoices, readChoices, storeChoices } from "./alertChoices";
import { NO_ALERTS, noticeIncidents } from "./alerts";
import { notify, playSound } from "./signals";

export interface StaffAlerts {
  choices: AlertChoices;
  choose: (choices: AlertChoices) => void;
  /** Incidents without an alert of their own since the page was opened. */
  held: number;
  /** For screen readers; empty while there is none. */
  announcement: string;
}

/** Alert staff to new incidents: once each, and at most once a minute for each candidate. */
export function useAlerts(inbox: Inbox | undefined, title: string): StaffAlerts {
  const [choices, setChoices] = useState(readChoices);
  const [shown, setShown] = useState({ held: 0, announcement: "" });
  // Not state: an effect may run twice, and an alert must not.
  const alerts = useRef(NO_ALERTS);

  useEffect(() => {
    if (!inbox) return;
    alerts.current = noticeIncidents(alerts.current, inbox.newest, now());
    const { current, held } = alerts.current;
    if (current.length > 0) {
      if (choices.sound) playSound();
      if (choices.notifications) for (const one of current) notify(title, describe(one), one.participant_id);
    }
    setShown((before) => ({
      held,
      announcement: current.length > 0 ? announce(current, inbox.open) : before.announcement,
    }));
  }, [inbox, choices, title]);

  const choose = useCallback((changed: AlertChoices) => {
    setChoices(changed);
    storeChoices(changed);
  }, []);
  return { choices, choose, ...shown };
}

function describe({ participant_name, kind }: NewIncident): string {
  return `${participant_name}: ${KIND_NAMES[kind]}`;
}

function announce(incidents: readonly NewIncident[], open: number): string {
  return `${incidents.map(describe).join(". ")}. ${open} to review.`;
}
