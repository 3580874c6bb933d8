import { RealtimeKitProvider, useRealtimeKitClient } from "@cloudflare/realtimekit-react";
import { RtkMeeting, sendNotification } from "@cloudflare/realtimekit-react-ui";
import { useEffect, useRef } from "react";
import { type SharedCamera, useSharedCamera } from "./useSharedCamera";

export interface MeetingProps {
  /** The vendor's token for this participant. */
  token: string;
  /** The page's own camera; null on the invigilator's page. */
  camera: SharedCamera | null;
  /** Also shown in the meeting, whenever it changes. */
  warning: string | null;
  onFailed: (error: unknown) => void;
  /** The person has left or was removed from the meeting, for good. */
  onLeft: () => void;
}

const WARNING_MS = 15_000;
const RECONNECTING = new Set(["disconnected", "connected-meeting"]);

/** The vendor's own meeting component. Only this file imports the vendor's code, so that it is its own chunk. */
export function VendorMeeting({ token, camera, warning, onFailed, onLeft }: MeetingProps) {
  const [meeting, init] = useRealtimeKitClient();
  const isCandidate = camera !== null;
  const mounted = useRef(false);

  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  useEffect(() => {
    const defaults = { audio: isCandidate, video: false };
    // No third-party plugins in an exam, and no tracing to the vendor.
    init({ authToken: token, defaults, modules: { plugin: false, tracing: false } })
      .then(async (opened) => {
        // Unmounted before it was open: nothing else would turn the microphone off.
        if (!mounted.current) await opened?.leave();
      })
      .catch((error: unknown) => {
        if (mounted.current) onFailed(error);
        else console.error(error);
      });
  }, [init, token, isCandidate, onFailed]);

  // Must come before the effect that leaves: leaving must not count as turning the camera off.
  useSharedCamera(meeting, camera);

  useEffect(() => {
    if (!meeting) return;
    const { self } = meeting;
    function handleRoomLeft({ state }: { state: string }) {
      if (!RECONNECTING.has(state)) onLeft();
    }
    self.on("roomLeft", handleRoomLeft);
    return () => {
      self.off("roomLeft", handleRoomLeft);
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
