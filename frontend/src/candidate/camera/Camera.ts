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

/** There is no picture to take: the camera was unplugged, covered by the system, or taken away. */
export class CameraOff extends Error {
  override name = "CameraOff";
}

const WIDEST = 640;
const JPEG_QUALITY = 0.7;
// A picture every few seconds is all we need: a low rate keeps the preview from warming the machine.
const WANTED: MediaTrackConstraints = {
  width: { ideal: WIDEST },
  height: { ideal: 480 },
  frameRate: { ideal: 10, max: 30 },
};

/** An open camera: its light is on until `stop`. */
export class Camera {
  /** Shown as the preview and drawn from for the frames, so that the picture is decoded once. */
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

  /** Asks the person, the first time. Fails with what `problemOf` explains; no id means any camera. */
  static async open(deviceId: string): Promise<Camera> {
    if (!navigator.mediaDevices) throw new DOMException("not a secure context", "SecurityError");
    if (!canReadCanvas()) throw new DOMException("the canvas gives noise", "DataError");
    const camera = new Camera(await streamOf(deviceId));
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

  /** Calls back whenever `isOn` may have changed. */
  onChange(listener: () => void): void {
    for (const event of ["ended", "mute", "unmute"]) this.#track.addEventListener(event, listener);
  }

  /** A JPEG as a data URL, at most 640 pixels wide; throws CameraOff. */
  capture(): string {
    const { videoWidth, videoHeight } = this.video;
    if (!this.isOn || videoWidth === 0) throw new CameraOff();
    const scale = Math.min(1, WIDEST / videoWidth);
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    const pen = this.#canvas.getContext("2d", { alpha: false });
    pen?.drawImage(this.video, 0, 0, this.#canvas.width, this.#canvas.height);
    return this.#canvas.toDataURL("image/jpeg", JPEG_QUALITY);
  }

  /** The picture for somebody else, who ends it without ending the camera. */
  copyTrack(): MediaStreamTrack {
    return this.#track.clone();
  }

  stop(): void {
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }
}

/** Of another camera rather than of none, where the one that is meant is not there any more. */
async function streamOf(deviceId: string): Promise<MediaStream> {
  const device = deviceId ? { deviceId: { exact: deviceId } } : {};
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, ...device } });
  } catch (error) {
    if (deviceId && problemOf(error) === "missing") return streamOf("");
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

/** What is behind a failed `Camera.open`. */
export function problemOf(error: unknown): CameraProblem {
  return (error instanceof DOMException && PROBLEMS[error.name]) || "unknown";
}

/** The cameras of this machine; their names are there once the person has let us use one. */
export async function listCameras(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput" && device.deviceId !== "");
}
