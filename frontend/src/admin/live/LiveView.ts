import type { LiveSocket } from "../../live/LiveSocket";
import { addIceCandidate, openPeer } from "../../live/peer";
import type { Heard, Signal, Stop } from "../../live/protocol";
import { now } from "../../ui/now";

/** `over` for good; `words` say why there is no picture. */
export type ViewState =
  | { stage: "connecting" }
  | { stage: "live"; stream: MediaStream }
  | { stage: "over"; words: string };

const PATIENCE_MS = 8_000;
const LOOK_MS = 500;

const REASONS: Record<Stop["reason"], string> = {
  ended: "The candidate's page has ended the view.",
  full: "Others are watching already, as many as the candidate's connection allows.",
  offline: "The candidate is not connected.",
  no_camera: "The candidate's camera is not on, or the exam has not been started.",
};

/** One candidate's camera, from browser to browser, from the first offer until one side ends it. */
export class LiveView {
  static #last = 0;
  readonly #number = ++LiveView.#last;
  readonly #peer: RTCPeerConnection;
  readonly #stream = new MediaStream();
  readonly #unsubscribe: () => void;
  readonly #timer: number;
  #turn: Promise<void>;
  #hasOffered = false;
  #isOver = false;
  #pictures = 0;
  #seenAt = now();

  constructor(
    private readonly socket: LiveSocket,
    private readonly participantId: string,
    private readonly tell: (state: ViewState) => void,
  ) {
    this.#peer = openPeer(socket.iceServers, (signal) => this.#say(signal));
    this.#peer.ontrack = ({ track }) => this.#stream.addTrack(track);
    this.#peer.onconnectionstatechange = () => {
      if (this.#peer.connectionState === "failed") this.#giveUp("Your browsers can't reach each other.");
    };
    this.#unsubscribe = socket.onMessage((heard) => this.#hear(heard));
    this.#timer = window.setInterval(() => void this.#look(), LOOK_MS);
    this.#turn = this.#offer().catch((error: unknown) => this.#failed(error));
  }

  /** Ends it at both sides; nothing is told any more. */
  close(): void {
    if (this.#isOver) return;
    // Without an offer the candidate's page knows of no view; a stop would meet the next one.
    if (this.#hasOffered) this.#say({ type: "stop", reason: "ended" });
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#unsubscribe();
    clearInterval(this.#timer);
    this.#peer.close();
  }

  async #offer(): Promise<void> {
    this.#peer.addTransceiver("video", { direction: "recvonly" });
    await this.#peer.setLocalDescription();
    if (this.#isOver) return;
    this.#hasOffered = true;
    this.#say({ type: "offer", sdp: this.#peer.localDescription?.sdp ?? "" });
  }

  #hear(heard: Heard): void {
    if (heard.type === "error") this.#giveUp(`The server says: ${heard.detail}`);
    if (heard.type !== "signal" || heard.from !== this.participantId) return;
    // What was said to the view before this one may come late.
    if ((heard.view ?? this.#number) !== this.#number) return;
    // One after the other: a way to reach the candidate means nothing before the answer.
    const { signal } = heard;
    this.#turn = this.#turn.then(() => this.#take(signal)).catch((error: unknown) => this.#failed(error));
  }

  async #take(signal: Signal): Promise<void> {
    if (this.#isOver) return;
    if (signal.type === "answer") await this.#peer.setRemoteDescription(signal);
    else if (signal.type === "ice") await addIceCandidate(this.#peer, signal);
    else if (signal.type === "stop") {
      this.#end();
      this.tell({ stage: "over", words: REASONS[signal.reason] });
    }
  }

  /** Live is what moves: a picture that stands still would show what was, as if it were. */
  async #look(): Promise<void> {
    const pictures = await decoded(this.#peer);
    if (this.#isOver) return;
    if (pictures > this.#pictures) {
      if (this.#pictures === 0) this.tell({ stage: "live", stream: this.#stream });
      this.#pictures = pictures;
      this.#seenAt = now();
    } else if (now() - this.#seenAt > PATIENCE_MS) {
      this.#giveUp(
        this.#pictures === 0
          ? "No picture came. The candidate may be offline, or your browsers can't reach each other."
          : "The picture has stopped coming.",
      );
    }
  }

  #failed(error: unknown): void {
    if (this.#isOver) return;
    console.error(error);
    this.#giveUp("Your browser could not open the view.");
  }

  #giveUp(words: string): void {
    this.close();
    this.tell({ stage: "over", words });
  }

  #say(signal: Signal): void {
    this.socket.send({ type: "signal", to: this.participantId, view: this.#number, signal });
  }
}

async function decoded(peer: RTCPeerConnection): Promise<number> {
  let frames = 0;
  for (const report of (await peer.getStats()).values()) {
    if (report.type === "inbound-rtp") frames += (report as RTCInboundRtpStreamStats).framesDecoded ?? 0;
  }
  return frames;
}
