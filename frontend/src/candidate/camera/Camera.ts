import { canReadCanvas } from "./canvasCheck";

/** Why there is no camera to use. */
export type CameraProblem =
  | "refused"
  | "missing"
  | "in_use"
  | "stopped"
  | "turned_off"
  | "insecure"
  | "scrambled"
  | "unknown";

/** No picture can be captured: the camera is unplugged, muted by the system, or used by another program. */
export class CameraOff extends Error {
  override name = "CameraOff";
}

const MAX_WIDTH = 640;
const JPEG_QUALITY = 0.7;
// We capture one picture every few seconds; a low frame rate keeps the preview cheap.
const CONSTRAINTS: MediaTrackConstraints = {
  width: { ideal: MAX_WIDTH },
  height: { ideal: 480 },
  frameRate: { ideal: 10, max: 30 },
};

/** An open camera. Its light stays on until `stop`. */
export class Camera {
  /** Both the preview and the source of frames, so that video is decoded once. */
  readonly video = document.createElement("video");
  readonly deviceId: string;
  readonly #canvas = document.createElement("canvas");
  readonly #track: MediaStreamTrack;

  private constructor(private readonly stream: MediaStream) {
    const track = stream.getVideoTracks()[0];
    if (!track) throw new DOMException("the stream has no picture", "NotFoundError");
    this.#track = track;
    this.deviceId = track.getSettings().deviceId ?? "";
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.srcObject = stream;
  }

  /** Open a camera; an empty id means any. The browser may ask for permission. Pass errors to `problemOf`. */
  static async open(deviceId: string): Promise<Camera> {
    if (!navigator.mediaDevices) throw new DOMException("not a secure context", "SecurityError");
    if (!canReadCanvas()) throw new DOMException("the canvas gives noise", "DataError");
    const camera = new Camera(await openStream(deviceId));
    try {
      await camera.video.play();
    } catch (error) {
      camera.stop();
      throw error;
    }
    return camera;
  }

  get isOn(): boolean {
    return this.#track.readyState === "live" && !this.#track.muted;
  }

  /** Call `listener` whenever `isOn` may have changed. */
  onChange(listener: () => void): void {
    for (const event of ["ended", "mute", "unmute"]) this.#track.addEventListener(event, listener);
  }

  /** Return a JPEG as a data URL, at most 640 pixels wide. Throw CameraOff. */
  capture(): string {
    const { videoWidth, videoHeight } = this.video;
    if (!this.isOn || videoWidth === 0) throw new CameraOff();
    const scale = Math.min(1, MAX_WIDTH / videoWidth);
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    const context = this.#canvas.getContext("2d", { alpha: false });
    context?.drawImage(this.video, 0, 0, this.#canvas.width, this.#canvas.height);
    return this.#canvas.toDataURL("image/jpeg", JPEG_QUALITY);
  }

  /** A clone of the track: stopping it leaves the camera on. */
  cloneTrack(): MediaStreamTrack {
    return this.#track.clone();
  }

  stop(): void {
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }
}

/** Falls back to any camera when the chosen one is missing. */
async function openStream(deviceId: string): Promise<MediaStream> {
  const device = deviceId ? { deviceId: { exact: deviceId } } : {};
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...CONSTRAINTS, ...device } });
  } catch (error) {
    if (deviceId && problemOf(error) === "missing") return openStream("");
    throw error;
  }
}

const PROBLEMS: Record<string, CameraProblem> = {
  NotAllowedError: "refused",
  SecurityError: "insecure",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "in_use",
  AbortError: "in_use",
  DataError: "scrambled",
};

/** Translate an error of `Camera.open`. */
export function problemOf(error: unknown): CameraProblem {
  return (error instanceof DOMException && PROBLEMS[error.name]) || "unknown";
}

/** List this machine's cameras. Labels are empty until the person has granted access to one. */
export async function listCameras(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput" && device.deviceId !== "");
}
