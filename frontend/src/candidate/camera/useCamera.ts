import { useCallback, useEffect, useRef, useState } from "react";
import type { CameraState } from "../exam/status";
import { Camera, type CameraProblem, listCameras, problemOf } from "./Camera";

export interface CameraUse {
  camera: Camera | null;
  /** The same as a ref, for callbacks that outlive a change of camera. */
  current: { readonly current: Camera | null };
  /** Also false when an open camera has stopped delivering pictures. */
  isOn: boolean;
  opening: boolean;
  problem: CameraProblem | null;
  devices: MediaDeviceInfo[];
  /** Device id of the camera last used; empty for any. */
  cameraId: string;
  open: (deviceId: string) => Promise<void>;
  /** Open the camera last used. */
  reopen: () => void;
  /** On the candidate's request. */
  turnOff: () => void;
}

/** The camera's state for the status line. */
export function cameraState({ isOn, opening }: CameraUse): CameraState {
  if (opening) return "opening";
  return isOn ? "on" : "off";
}

/**
 * One camera at a time, switched off on unmount.
 *
 * `initialId` is the camera to open on mount; empty for any, null for none.
 */
export function useCamera(initialId: string | null): CameraUse {
  const current = useRef<Camera | null>(null);
  const [camera, setCamera] = useState<Camera | null>(null);
  const [isOn, setIsOn] = useState(false);
  const [opening, setOpening] = useState(initialId !== null);
  const [problem, setProblem] = useState<CameraProblem | null>(null);
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [cameraId, setCameraId] = useState(initialId ?? "");
  const mounted = useRef(true);

  const change = useCallback((next: Camera | null) => {
    current.current?.stop();
    current.current = next;
    setCamera(next);
    // It may have stopped while it was opened.
    setIsOn(next?.isOn ?? false);
    next?.onChange(() => setIsOn(next.isOn));
  }, []);

  const open = useCallback(
    async (deviceId: string) => {
      setOpening(true);
      setProblem(null);
      // Before opening the next: some systems allow only one open camera.
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

  const first = useRef(initialId);
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
