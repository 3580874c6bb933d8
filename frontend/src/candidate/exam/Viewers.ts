import type { CandidateSignal, Offer, SignalMessage, StopReason } from "../../api/types";
import type { LiveSocket } from "../../live/LiveSocket";
import { addIceCandidate, openPeer } from "../../live/peer";
import type { Camera } from "../camera/Camera";

// Leave uplink bandwidth for the frames.
const MAX_BITS_PER_SECOND = 300_000;
const MAX_FRAMES_PER_SECOND = 12;
const MAX_WIDTH = 480;

const ENDED = new Set<RTCPeerConnectionState>(["failed", "closed"]);

interface Viewer {
  /** Send a signal of this view; the same viewer may have had an earlier one. */
  send: (signal: CandidateSignal) => void;
  peer: RTCPeerConnection;
  /** A clone: stopping it leaves the camera on. */
  track: MediaStreamTrack;
}

/** Shows the open camera to each invigilator who asks. The gateway limits how many may. */
export class Viewers {
  readonly #viewers = new Map<string, Viewer>();
  #queue = Promise.resolve();
  #isClosed = false;

  /** `camera` is null when there is nothing to show. */
  constructor(
    private readonly socket: LiveSocket,
    private readonly camera: Camera | null,
  ) {}

  /** Handle a viewer's signal, after those before it. */
  handle(message: SignalMessage): void {
    this.#queue = this.#queue
      .then(() => this.#handle(message))
      .catch((error: unknown) => {
        console.error(error);
        if (this.#isClosed) return;
        this.#close(message.from);
        // Also if no view has begun: the invigilator's page would wait for an answer, and ask again.
        this.#sender(message)({ type: "stop", reason: "ended" });
      });
  }

  /** End every view. */
  endAll(): void {
    for (const id of this.#viewers.keys()) this.#end(id, "no_camera");
  }

  /** End every view and ignore further signals, also those in the queue. */
  close(): void {
    this.#isClosed = true;
    this.endAll();
  }

  async #handle(message: SignalMessage): Promise<void> {
    if (this.#isClosed) return;
    const { from: id, signal } = message;
    const peer = this.#viewers.get(id)?.peer;
    if (signal.type === "offer") await this.#answer(id, signal, this.#sender(message));
    else if (signal.type === "ice" && peer) await addIceCandidate(peer, signal);
    else if (signal.type === "stop") this.#close(id);
  }

  #sender({ from: to, view }: SignalMessage): Viewer["send"] {
    return (signal) => this.socket.send({ type: "signal", to, view: view ?? null, signal });
  }

  async #answer(id: string, offer: Offer, send: Viewer["send"]): Promise<void> {
    this.#close(id);
    if (!this.camera) {
      send({ type: "stop", reason: "no_camera" });
      return;
    }
    const peer = openPeer(this.socket.iceServers, send);
    const track = this.camera.cloneTrack();
    this.#viewers.set(id, { send, peer, track });
    peer.onconnectionstatechange = () => {
      if (ENDED.has(peer.connectionState)) this.#end(id, "ended");
    };
    await peer.setRemoteDescription(offer);
    const sender = peer.addTrack(track);
    await peer.setLocalDescription();
    // At once: the ICE candidates that follow mean nothing before the answer.
    send({ type: "answer", sdp: peer.localDescription?.sdp ?? "" });
    await limitBitrate(sender, track);
  }

  #end(id: string, reason: StopReason): void {
    const viewer = this.#viewers.get(id);
    if (!viewer) return;
    this.#close(id);
    viewer.send({ type: "stop", reason });
  }

  #close(id: string): void {
    const viewer = this.#viewers.get(id);
    this.#viewers.delete(id);
    viewer?.track.stop();
    viewer?.peer.close();
  }
}

async function limitBitrate(sender: RTCRtpSender, track: MediaStreamTrack): Promise<void> {
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) {
    encoding.maxBitrate = MAX_BITS_PER_SECOND;
    encoding.maxFramerate = MAX_FRAMES_PER_SECOND;
    encoding.scaleResolutionDownBy = Math.max(1, (track.getSettings().width ?? MAX_WIDTH) / MAX_WIDTH);
  }
  await sender.setParameters(parameters);
}
