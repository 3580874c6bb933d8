import type { useRealtimeKitClient } from "@cloudflare/realtimekit-react";
import { useEffect, useRef } from "react";

type Meeting = ReturnType<typeof useRealtimeKitClient>[0];

/** The page's own camera, which the meeting is lent a copy of. */
export interface SharedCamera {
  /** Null while it is off. */
  camera: { copyTrack(): MediaStreamTrack } | null;
  turnOn: () => void;
  turnOff: () => void;
}

/**
 * Keeps the page's camera and that of the meeting alike.
 *
 * The page's is the one opened, and goes on when the vendor fails. Off in the meeting is off: who presses that
 * button must not be watched on.
 */
export function useSharedCamera(meeting: Meeting, shared: SharedCamera | null): void {
  const latest = useRef(shared);
  // What the meeting says of its camera meanwhile is our own doing, or the vendor's failing at it.
  const lending = useRef(false);
  useEffect(() => {
    latest.current = shared;
  });

  useEffect(() => {
    if (!meeting) return;
    const { self } = meeting;
    function follow({ videoEnabled }: { videoEnabled: boolean }) {
      const own = latest.current;
      if (!own || lending.current) return;
      // Who leaves the meeting, or is taken out of it, does not leave the exam: only the button turns it off.
      if (!videoEnabled && self.stageStatus === "OFF_STAGE") return;
      if (videoEnabled && !own.camera) own.turnOn();
      if (!videoEnabled && own.camera) own.turnOff();
    }
    self.on("videoUpdate", follow);
    return () => {
      self.off("videoUpdate", follow);
    };
  }, [meeting]);

  const isShared = shared !== null;
  const camera = shared?.camera ?? null;
  useEffect(() => {
    if (!meeting || !isShared) return;
    const copy = camera?.copyTrack() ?? null;
    lending.current = true;
    lend(meeting, copy)
      .catch(console.error)
      .finally(() => {
        lending.current = false;
      });
    // Whatever the vendor does with it, the camera's light must not stay on for it.
    return () => copy?.stop();
  }, [meeting, isShared, camera]);
}

async function lend({ self }: NonNullable<Meeting>, copy: MediaStreamTrack | null): Promise<void> {
  if (copy) await self.enableVideo(copy);
  else await self.disableVideo();
}
