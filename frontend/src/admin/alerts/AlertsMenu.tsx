import { useState } from "react";
import { Checkbox } from "../../ui/Checkbox";
import { Menu } from "../../ui/Menu";
import { canNotify, playSound, requestNotifications } from "./signals";
import type { StaffAlerts } from "./useAlerts";

/** Switches of the alerts to new incidents, and how many had none of their own. */
export function AlertsMenu({ choices, choose, held }: StaffAlerts) {
  const [refused, setRefused] = useState(false);

  async function chooseNotifications(wanted: boolean) {
    const allowed = wanted && (await requestNotifications());
    setRefused(wanted && !allowed);
    choose({ ...choices, notifications: allowed });
  }

  return (
    <Menu label={held > 0 ? `Alerts (${held} held back)` : "Alerts"}>
      <p>You are alerted once to each incident, and at most once a minute for each candidate.</p>
      <Checkbox
        checked={choices.sound}
        onChange={({ target }) => {
          if (target.checked) playSound();
          choose({ ...choices, sound: target.checked });
        }}
      >
        Sound
      </Checkbox>
      <Checkbox
        checked={choices.notifications}
        disabled={!canNotify()}
        onChange={({ target }) => void chooseNotifications(target.checked)}
      >
        Notifications while this page is not in front
      </Checkbox>
      {refused && <p role="status">Your browser does not allow notifications. Allow them in its settings.</p>}
      <p className="quiet">
        {held === 0
          ? "No alert was held back since you opened this page."
          : `${held} ${held === 1 ? "incident" : "incidents"} had no alert: the candidate's last was less than a minute before.`}
      </p>
    </Menu>
  );
}
