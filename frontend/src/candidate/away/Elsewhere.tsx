import { useMemo } from "react";
import { Checkbox } from "../../ui/Checkbox";
import { Icon } from "../../ui/Icon";
import type { ReceivedMessage } from "../exam/Inbox";
import type { Status } from "../exam/status";
import styles from "./Elsewhere.module.css";
import { noticesOf } from "./notices";
import { SmallStatus } from "./SmallStatus";
import { useNotifications } from "./useNotifications";
import { useSmallWindow } from "./useSmallWindow";

interface Props {
  meetingId: string;
  endsAt: string | null;
  status: Status;
  messages: readonly ReceivedMessage[];
  onAcknowledge: (id: string) => void;
}

/** How to hear of warnings and messages while another tab or program is in front. */
export function Elsewhere({ meetingId, endsAt, status, messages, onAcknowledge }: Props) {
  const notices = useMemo(() => noticesOf(status.concern, messages), [status.concern, messages]);
  const { state, setOn } = useNotifications(meetingId, notices);
  const { isAvailable, opened, open } = useSmallWindow();
  if (state === "unavailable" && !isAvailable) return null;

  return (
    <section className={styles.elsewhere} aria-labelledby="elsewhere-title">
      <h2 id="elsewhere-title">While you are in another tab or program</h2>
      {state === "refused" && (
        <p className="quiet">
          Your browser blocks notifications from this page. You can allow them by the symbol beside its
          address.
        </p>
      )}
      {(state === "on" || state === "off") && (
        <Checkbox checked={state === "on"} onChange={(event) => void setOn(event.target.checked)}>
          <span>Notify me of new messages and warnings</span>
        </Checkbox>
      )}
      {isAvailable && !opened && (
        <button type="button" onClick={() => void open()}>
          <Icon name="onTop" /> Keep my status in a small window on top
        </button>
      )}
      {opened && (
        <>
          <p className="quiet">Your status is in the small window on top.</p>
          <SmallStatus
            target={opened}
            status={status}
            notices={notices}
            endsAt={endsAt}
            onAcknowledge={onAcknowledge}
          />
        </>
      )}
    </section>
  );
}
