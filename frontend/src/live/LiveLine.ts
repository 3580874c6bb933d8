import { backoff } from "../api/backoff";
import { basePath } from "../basePath";
import { now } from "../ui/now";
import type { FromGateway, Heard, ToGateway } from "./protocol";

/**
 * `lost` comes back by itself. `replaced`: the exam was opened in another window. `refused`: the token or key is
 * not, or no longer, accepted.
 */
export type LineState = "connecting" | "open" | "lost" | "replaced" | "refused";

const FINAL: Record<number, LineState> = { 4401: "refused", 4404: "refused", 4409: "replaced" };
const TOO_FAST = 4429;
const TOO_FAST_PAUSE_MS = 20_000;
/** One that ends sooner is a failure like one that was never made. */
const HELD_MS = 30_000;

/** The page's WebSocket: opened again, less and less often, until the gateway says that there is no use. */
export class LiveLine {
  /** For the peer connections of live views. */
  iceServers: RTCIceServer[] = [];
  #state: LineState = "connecting";
  #socket: WebSocket | null = null;
  #timer = 0;
  #failures = 0;
  #openedAt = 0;
  readonly #stateListeners = new Set<() => void>();
  readonly #listeners = new Set<(heard: Heard) => void>();

  constructor(
    private readonly meetingId: string,
    private readonly credentials: string,
  ) {}

  get state(): LineState {
    return this.#state;
  }

  /** Connects, also once more where the gateway had ended it for good. */
  readonly start = (): void => {
    this.stop();
    this.#failures = 0;
    // What was open before the network went may look open for minutes.
    window.addEventListener("online", this.start);
    this.#change("connecting");
    this.#connect();
  };

  stop(): void {
    window.removeEventListener("online", this.start);
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /**
   * Says it now, or not at all: what is said on no connection would be about one that has gone.
   *
   * Returns whether there was a connection.
   */
  say(message: ToGateway): boolean {
    if (!this.#socket || this.#state !== "open") return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Calls back whenever `state` has changed; returns how to end that. */
  readonly onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  /** Calls back with whatever the gateway says; returns how to end that. */
  onHeard(listener: (heard: Heard) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #connect(): void {
    const url = new URL(`${basePath}/meetings/${this.meetingId}/live`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#openedAt = Number.POSITIVE_INFINITY;
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", credentials: this.credentials }));
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      if (socket === this.#socket) this.#hear(JSON.parse(data) as FromGateway);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    };
  }

  #hear(said: FromGateway): void {
    if (said.type !== "welcome") {
      for (const listener of this.#listeners) listener(said);
      return;
    }
    this.iceServers = said.ice_servers.map(({ urls, username, credential }) => ({
      urls,
      ...(username !== null && { username }),
      ...(credential !== null && { credential }),
    }));
    this.#openedAt = now();
    this.#change("open");
  }

  #closed(code: number): void {
    this.#socket = null;
    const final = FINAL[code];
    if (final) {
      this.stop();
      this.#change(final);
      return;
    }
    this.#failures = now() - this.#openedAt > HELD_MS ? 1 : this.#failures + 1;
    const pause = backoff(this.#failures, code === TOO_FAST ? TOO_FAST_PAUSE_MS : null, Math.random);
    this.#timer = window.setTimeout(() => this.#connect(), pause);
    this.#change("lost");
  }

  #change(state: LineState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}
