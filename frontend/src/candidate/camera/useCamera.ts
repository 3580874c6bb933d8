import { useCallback, useEffect, useRef, useState } from "react";
import type { CameraState } from "../exam/status";
import { Camera, type CameraProblem, listCameras, problemOf } from "./Camera";

export interface CameraUse {
  camera: Camera | null;
  /** The same, for whoever outlives a change of camera. */
  current: { readonly current: Camera | null };
  /** False as well when an open camera gives no picture any more. */
  isOn: boolean;
  opening: boolean;
  problem: CameraProblem | null;
  devices: MediaDeviceInfo[];
  /** The one last used; empty for any. */
  cameraId: string;
  open: (deviceId: string) => Promise<void>;
  /** The one last used. */
  reopen: () => void;
  /** At the candidate's own wish. */
  turnOff: () => void;
}

/** The camera as the status line tells of it. */
export function cameraState({ isOn, opening }: CameraUse): CameraState {
  if (opening) return "opening";
  return isOn ? "on" : "off";
}

/**
 * One camera at a time; it is switched off when the component goes.
 *
 * `atOnce` names the camera to open without being asked, empty for any; null opens none.
 */
export function useCamera(atOnce: string | null): CameraUse {
  const current = useRef<Camera | null>(null);
  const [camera, setCamera] = useState<Camera | null>(null);
  const [isOn, setIsOn] = useState(false);
  const [opening, setOpening] = useState(atOnce !== null);
  const [problem, setProblem] = useState<CameraProblem | null>(null);
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [cameraId, setCameraId] = useState(atOnce ?? "");
  const mounted = useRef(true);

  const change = useCallback((next: Camera | null) => {
    current.current?.stop();
    current.current = next;
    setCamera(next);
    setIsOn(next !== null);
    next?.onChange(() => setIsOn(next.isOn));
  }, []);

  const open = useCallback(
    async (deviceId: string) => {
      setOpening(true);
      setProblem(null);
      // Before the next is asked for: some systems lend only one camera at a time.
      change(null);
      try {
        const opened = await Camera.open(deviceId);
        if (!mounted.current) return opened.stop();
        change(opened);
        setCameraId(opened.deviceId);
        setDevices(await listCameras());
      } catch (error) {
        setProblem(problemOf(error));
      } finally {
        setOpening(false);
      }
    },
    [change],
  );

  const reopen = useCallback(() => void open(cameraId), [open, cameraId]);

  const turnOff = useCallback(() => {
    change(null);
    setProblem("turned_off");
  }, [change]);

  const first = useRef(atOnce);
  useEffect(() => {
    if (first.current !== null) void open(first.current);
  }, [open]);

  useEffect(() => {
    mounted.current = true;
    async function refresh() {
      const found = await listCameras();
      setDevices(found);
      // Plugged in again.
      const lost = current.current;
      if (lost && !lost.isOn && found.some(({ deviceId }) => deviceId === lost.deviceId)) {
        await open(lost.deviceId);
      }
    }
    navigator.mediaDevices?.addEventListener("devicechange", refresh);
    return () => {
      mounted.current = false;
      navigator.mediaDevices?.removeEventListener("devicechange", refresh);
      current.current?.stop();
      current.current = null;
    };
  }, [open]);

  return { camera, current, isOn, opening, problem, devices, cameraId, open, reopen, turnOff };
}
