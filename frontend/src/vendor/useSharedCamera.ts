import type { useRealtimeKitClient } from "@cloudflare/realtimekit-react";
import { useEffect, useRef } from "react";

type Meeting = ReturnType<typeof useRealtimeKitClient>[0];

/** The page's own camera; the meeting gets a clone of its track. */
export interface SharedCamera {
  /** null while it is off. */
  camera: { cloneTrack(): MediaStreamTrack } | null;
  turnOn: () => void;
  turnOff: () => void;
}

/**
 * Keep the camera of the page and that of the meeting in the same state.
 *
 * The page opens the camera and keeps it when the vendor fails. Turning it off in the meeting turns it off on the page:
 * nobody may be watched after pressing that button.
 */
export function useSharedCamera(meeting: Meeting, shared: SharedCamera | null): void {
  const latest = useRef(shared);
  // Meanwhile the meeting's camera events are caused by us, or by a failure of the vendor.
  const sharing = useRef(false);
  useEffect(() => {
    latest.current = shared;
  });

  useEffect(() => {
    if (!meeting) return;
    const { self } = meeting;
    function handleVideoUpdate({ videoEnabled }: { videoEnabled: boolean }) {
      const own = latest.current;
      if (!own || sharing.current) return;
      // Leaving the meeting or being removed from it is not leaving the exam: only the button turns the camera off.
      if (!videoEnabled && self.stageStatus === "OFF_STAGE") return;
      if (videoEnabled && !own.camera) own.turnOn();
      if (!videoEnabled && own.camera) own.turnOff();
    }
    self.on("videoUpdate", handleVideoUpdate);
    return () => {
      self.off("videoUpdate", handleVideoUpdate);
    };
  }, [meeting]);

  const isShared = shared !== null;
  const camera = shared?.camera ?? null;
  useEffect(() => {
    if (!meeting || !isShared) return;
    const copy = camera?.cloneTrack() ?? null;
    sharing.current = true;
    share(meeting, copy)
      .catch(console.error)
      .finally(() => {
        sharing.current = false;
      });
    // Whatever the vendor does, the clone must not keep the camera's light on.
    return () => copy?.stop();
  }, [meeting, isShared, camera]);
}

async function share({ self }: NonNullable<Meeting>, copy: MediaStreamTrack | null): Promise<void> {
  if (copy) await self.enableVideo(copy);
  else await self.disableVideo();
}
