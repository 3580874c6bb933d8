import { RealtimeKitProvider, useRealtimeKitClient } from "@cloudflare/realtimekit-react";
import { RtkMeeting, sendNotification } from "@cloudflare/realtimekit-react-ui";
import { useEffect, useRef } from "react";
import { type SharedCamera, useSharedCamera } from "./useSharedCamera";

export interface MeetingProps {
  /** What lets this browser into the vendor's meeting. */
  token: string;
  /** The camera that this page watches by itself; null where it watches none. */
  camera: SharedCamera | null;
  /** Shown in the meeting as well, whenever it becomes another. */
  warning: string | null;
  onFailed: (error: unknown) => void;
  /** The person is out of the meeting, by their own wish or not, and stays out. */
  onLeft: () => void;
}

const WARNING_MS = 15_000;
const BACK_BY_ITSELF = new Set(["disconnected", "connected-meeting"]);

/** The vendor's meeting as it comes. All of the vendor's code is loaded with this file, and only with it. */
export function VendorMeeting({ token, camera, warning, onFailed, onLeft }: MeetingProps) {
  const [meeting, init] = useRealtimeKitClient();
  const isCandidate = camera !== null;
  const here = useRef(false);

  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  useEffect(() => {
    const defaults = { audio: isCandidate, video: false };
    // Nothing of others' making belongs into an exam, nor a log of it at the vendor's.
    init({ authToken: token, defaults, modules: { plugin: false, tracing: false } })
      .then(async (opened) => {
        // Gone before it was open: nobody else would turn the microphone off.
        if (!here.current) await opened?.leave();
      })
      .catch((error: unknown) => {
        if (here.current) onFailed(error);
        else console.error(error);
      });
  }, [init, token, isCandidate, onFailed]);

  // Before the next: to leave is not to turn the camera off.
  useSharedCamera(meeting, camera);

  useEffect(() => {
    if (!meeting) return;
    const { self } = meeting;
    function hearLeft({ state }: { state: string }) {
      if (!BACK_BY_ITSELF.has(state)) onLeft();
    }
    self.on("roomLeft", hearLeft);
    return () => {
      self.off("roomLeft", hearLeft);
    };
  }, [meeting, onLeft]);

  useEffect(() => {
    return () => void meeting?.leave();
  }, [meeting]);

  useEffect(() => {
    if (meeting && warning)
      sendNotification({ id: warning, message: warning, duration: WARNING_MS }, "message");
  }, [meeting, warning]);

  return (
    <RealtimeKitProvider value={meeting} fallback={<p role="status">Opening the meeting…</p>}>
      {meeting && <RtkMeeting meeting={meeting} mode="fill" showSetupScreen={false} />}
    </RealtimeKitProvider>
  );
}
