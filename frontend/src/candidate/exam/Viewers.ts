import type { LiveSocket } from "../../live/LiveSocket";
import { addIceCandidate, openPeer } from "../../live/peer";
import type { Description, Signal, SignalFrom, Stop } from "../../live/protocol";
import type { Camera } from "../camera/Camera";

// The exam needs the uplink, too.
const MOST_BITS_PER_SECOND = 300_000;
const MOST_FRAMES_PER_SECOND = 12;
const WIDEST = 480;

const OVER = new Set<RTCPeerConnectionState>(["failed", "closed"]);

interface Viewer {
  /** Of this view; an earlier or later one of the same viewer is another. */
  say: (signal: Signal) => void;
  peer: RTCPeerConnection;
  /** A copy, to be ended without ending the camera. */
  track: MediaStreamTrack;
}

/** Shows the open camera to each invigilator who asks; how many may, the gateway decides. */
export class Viewers {
  readonly #viewers = new Map<string, Viewer>();
  #turn = Promise.resolve();
  #isClosed = false;

  /** `camera` is null where there is nothing to show. */
  constructor(
    private readonly socket: LiveSocket,
    private readonly camera: Camera | null,
  ) {}

  /** Takes a signal from a viewer, once those before it have been taken. */
  take(heard: SignalFrom): void {
    this.#turn = this.#turn
      .then(() => this.#take(heard))
      .catch((error: unknown) => {
        console.error(error);
        this.#end(heard.from, "ended");
      });
  }

  /** Ends every view. */
  endAll(): void {
    for (const id of this.#viewers.keys()) this.#end(id, "no_camera");
  }

  /** Ends every view, and takes no more, not even what was said before. */
  close(): void {
    this.#isClosed = true;
    this.endAll();
  }

  async #take({ from: id, view, signal }: SignalFrom): Promise<void> {
    if (this.#isClosed) return;
    const say = (answer: Signal) => this.socket.send({ type: "signal", to: id, view, signal: answer });
    const peer = this.#viewers.get(id)?.peer;
    if (signal.type === "offer") await this.#answer(id, signal, say);
    else if (signal.type === "ice" && peer) await addIceCandidate(peer, signal);
    else if (signal.type === "stop") this.#close(id);
  }

  async #answer(id: string, offer: Description, say: Viewer["say"]): Promise<void> {
    this.#close(id);
    if (!this.camera) {
      say({ type: "stop", reason: "no_camera" });
      return;
    }
    const peer = openPeer(this.socket.iceServers, say);
    const track = this.camera.copyTrack();
    this.#viewers.set(id, { say, peer, track });
    peer.onconnectionstatechange = () => {
      if (OVER.has(peer.connectionState)) this.#end(id, "ended");
    };
    await peer.setRemoteDescription(offer);
    const sender = peer.addTrack(track);
    await peer.setLocalDescription();
    // At once: the ways to reach this page, said from now on, mean nothing before it.
    say({ type: "answer", sdp: peer.localDescription?.sdp ?? "" });
    await bound(sender, track);
  }

  #end(id: string, reason: Stop["reason"]): void {
    const viewer = this.#viewers.get(id);
    if (!viewer) return;
    this.#close(id);
    viewer.say({ type: "stop", reason });
  }

  #close(id: string): void {
    const viewer = this.#viewers.get(id);
    this.#viewers.delete(id);
    viewer?.track.stop();
    viewer?.peer.close();
  }
}

async function bound(sender: RTCRtpSender, track: MediaStreamTrack): Promise<void> {
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) {
    encoding.maxBitrate = MOST_BITS_PER_SECOND;
    encoding.maxFramerate = MOST_FRAMES_PER_SECOND;
    encoding.scaleResolutionDownBy = Math.max(1, (track.getSettings().width ?? WIDEST) / WIDEST);
  }
  await sender.setParameters(parameters);
}
