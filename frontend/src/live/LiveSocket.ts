import { backoff } from "../api/backoff";
import type { MessageToBrowser, MessageToGateway } from "../api/types";
import { basePath } from "../basePath";
import { now } from "../ui/now";

/**
 * `lost` reconnects by itself. `replaced`: the exam was opened in another window. `refused`: the token or key is
 * not accepted.
 */
export type SocketState = "connecting" | "open" | "lost" | "replaced" | "refused";

const TERMINAL_STATES: Record<number, SocketState> = { 4401: "refused", 4404: "refused", 4409: "replaced" };
const TOO_FAST = 4429;
const TOO_FAST_PAUSE_MS = 20_000;
/** A connection that ends sooner counts as a failed attempt. */
const STABLE_MS = 30_000;

/** The page's WebSocket. Reconnects with exponential backoff until the gateway closes it for good. */
export class LiveSocket {
  /** For the peer connections of live views. */
  iceServers: RTCIceServer[] = [];
  #state: SocketState = "connecting";
  #socket: WebSocket | null = null;
  #timer = 0;
  #failures = 0;
  #openedAt = 0;
  readonly #stateListeners = new Set<() => void>();
  readonly #listeners = new Set<(message: MessageToBrowser) => void>();

  constructor(
    private readonly meetingId: string,
    private readonly credentials: string,
  ) {}

  get state(): SocketState {
    return this.#state;
  }

  /** Connect, also again after the gateway closed the connection for good. */
  readonly start = (): void => {
    this.stop();
    this.#failures = 0;
    // A connection from before a network failure may look open for minutes.
    window.addEventListener("online", this.start);
    this.#change("connecting");
    this.#connect();
  };

  stop(): void {
    window.removeEventListener("online", this.start);
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    // With a code, so that the gateway does not take it for a lost connection.
    socket?.close(1000);
  }

  /**
   * Send a message now, or drop it: a queued message would refer to a connection that is gone.
   *
   * Return whether there was a connection.
   */
  send(message: MessageToGateway): boolean {
    if (!this.#socket || this.#state !== "open") return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Subscribe to changes of `state`. Return the function that unsubscribes. */
  readonly onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  /** Subscribe to the gateway's messages after its welcome. Return the function that unsubscribes. */
  onMessage(listener: (message: MessageToBrowser) => void): () => void {
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
      if (socket === this.#socket) this.#handle(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code);
    };
  }

  #handle(message: MessageToBrowser): void {
    if (message.type !== "welcome") {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    this.iceServers = message.ice_servers.map(({ urls, username, credential }) => ({
      urls,
      ...(username && { username }),
      ...(credential && { credential }),
    }));
    this.#openedAt = now();
    this.#change("open");
  }

  #closed(code: number): void {
    this.#socket = null;
    const terminal = TERMINAL_STATES[code];
    if (terminal) {
      this.stop();
      this.#change(terminal);
      return;
    }
    this.#failures = now() - this.#openedAt > STABLE_MS ? 1 : this.#failures + 1;
    const pause = backoff(this.#failures, code === TOO_FAST ? TOO_FAST_PAUSE_MS : null, Math.random);
    this.#timer = window.setTimeout(() => this.#connect(), pause);
    this.#change("lost");
  }

  #change(state: SocketState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}
