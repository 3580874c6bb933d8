import type { AdminSignal, MessageToBrowser, Signal, StopReason } from "../../api/types";
import type { LiveSocket } from "../../live/LiveSocket";
import { addIceCandidate, openPeer } from "../../live/peer";
import { now } from "../../ui/now";

/** `ended` is final. */
export type ViewState = { stage: "connecting" } | { stage: "live"; stream: MediaStream } | EndedView;

export interface EndedView {
  stage: "ended";
  /** For the invigilator. */
  reason: string;
  /** Whether another view can succeed once the candidate's page sends frames again. */
  isInterrupted: boolean;
  /** When it ended, by `now()`. */
  at: number;
}

const NO_PICTURE_TIMEOUT_MS = 8_000;
const STATS_INTERVAL_MS = 500;

const REASONS: Record<StopReason, string> = {
  ended: "The candidate's page has ended the view.",
  full: "As many invigilators are already watching as the candidate's connection allows.",
  offline: "The candidate's page is no longer connected.",
  no_camera: "The candidate's camera is not on, or the exam has not been started.",
};

/** The candidate's page can end a view for these and show the camera a moment later. */
const INTERRUPTIONS = new Set<StopReason>(["offline", "no_camera"]);

/** A WebRTC view of one candidate's camera, from the first offer until one side ends it. */
export class LiveView {
  static #last = 0;
  readonly #number = ++LiveView.#last;
  readonly #peer: RTCPeerConnection;
  readonly #stream = new MediaStream();
  readonly #unsubscribe: () => void;
  readonly #timer: number;
  #queue: Promise<void>;
  #hasOffered = false;
  #isEnded = false;
  #framesDecoded = 0;
  #lastPictureAt = now();

  constructor(
    private readonly socket: LiveSocket,
    private readonly participantId: string,
    private readonly onChange: (state: ViewState) => void,
  ) {
    this.#peer = openPeer(socket.iceServers, (signal) => this.#send(signal));
    this.#peer.ontrack = ({ track }) => this.#stream.addTrack(track);
    this.#peer.onconnectionstatechange = () => {
      if (this.#peer.connectionState === "failed") this.#giveUp("Your browsers can't reach each other.");
    };
    this.#unsubscribe = socket.onMessage((message) => this.#handle(message));
    this.#timer = window.setInterval(() => void this.#checkProgress(), STATS_INTERVAL_MS);
    this.#queue = this.#offer().catch((error: unknown) => this.#failed(error));
  }

  /** End the view on both sides, without a further `onChange`. */
  close(): void {
    if (this.#isEnded) return;
    // Without an offer the candidate's page has no view yet; a stop would end the next one.
    if (this.#hasOffered) this.#send({ type: "stop", reason: "ended" });
    this.#end();
  }

  #end(): void {
    this.#isEnded = true;
    this.#unsubscribe();
    clearInterval(this.#timer);
    this.#peer.close();
  }

  async #offer(): Promise<void> {
    this.#peer.addTransceiver("video", { direction: "recvonly" });
    await this.#peer.setLocalDescription();
    if (this.#isEnded) return;
    this.#hasOffered = true;
    this.#send({ type: "offer", sdp: this.#peer.localDescription?.sdp ?? "" });
  }

  #handle(message: MessageToBrowser): void {
    if (message.type === "error") this.#giveUp(`The server reported an error: ${message.detail}`, false);
    if (message.type !== "signal" || message.from !== this.participantId) return;
    // Ignore late signals for an earlier view.
    if ((message.view ?? this.#number) !== this.#number) return;
    // In order: an ICE candidate means nothing before the answer.
    const { signal } = message;
    this.#queue = this.#queue
      .then(() => this.#handleSignal(signal))
      .catch((error: unknown) => this.#failed(error));
  }

  async #handleSignal(signal: Signal): Promise<void> {
    if (this.#isEnded) return;
    if (signal.type === "answer") await this.#peer.setRemoteDescription(signal);
    else if (signal.type === "ice") await addIceCandidate(this.#peer, signal);
    else if (signal.type === "stop") {
      this.#end();
      const reason = signal.reason ?? "ended";
      this.#report(REASONS[reason], INTERRUPTIONS.has(reason) || this.#wasLive);
    }
  }

  /** Call the view live only while frames arrive: a frozen picture would show the past as the present. */
  async #checkProgress(): Promise<void> {
    const decoded = await countDecodedFrames(this.#peer);
    if (this.#isEnded) return;
    if (decoded > this.#framesDecoded) {
      if (!this.#wasLive) this.onChange({ stage: "live", stream: this.#stream });
      this.#framesDecoded = decoded;
      this.#lastPictureAt = now();
    } else if (now() - this.#lastPictureAt > NO_PICTURE_TIMEOUT_MS) {
      this.#noPicture();
    }
  }

  #noPicture(): void {
    if (this.#wasLive) {
      this.#giveUp("The picture has stopped coming.");
      return;
    }
    // Nobody answers for a candidate who is offline, and may come back.
    const isUnanswered = this.#peer.remoteDescription === null;
    const reason =
      "No picture arrived. The candidate may be offline, or your browsers can't reach each other.";
    this.#giveUp(reason, isUnanswered);
  }

  get #wasLive(): boolean {
    return this.#framesDecoded > 0;
  }

  #failed(error: unknown): void {
    if (this.#isEnded) return;
    console.error(error);
    this.#giveUp("Your browser could not open the view.");
  }

  #giveUp(reason: string, isInterrupted = this.#wasLive): void {
    this.close();
    this.#report(reason, isInterrupted);
  }

  #report(reason: string, isInterrupted: boolean): void {
    this.onChange({ stage: "ended", reason, isInterrupted, at: now() });
  }

  #send(signal: AdminSignal): void {
    this.socket.send({ type: "signal", to: this.participantId, view: this.#number, signal });
  }
}

async function countDecodedFrames(peer: RTCPeerConnection): Promise<number> {
  let frames = 0;
  for (const report of (await peer.getStats()).values()) {
    if (report.type === "inbound-rtp") frames += (report as RTCInboundRtpStreamStats).framesDecoded ?? 0;
  }
  return frames;
}
