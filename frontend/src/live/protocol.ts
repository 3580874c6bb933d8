// What a page and the gateway say to each other over the WebSocket; docs/live.md explains it.

export interface Description {
  type: "offer" | "answer";
  sdp: string;
}

/** A way to reach the sender; null after the last. */
export interface Ice {
  type: "ice";
  candidate: RTCIceCandidateInit | null;
}

export interface Stop {
  type: "stop";
  reason: "ended" | "full" | "offline" | "no_camera";
}

export type Signal = Description | Ice | Stop;

interface OfView {
  type: "signal";
  /** By which an invigilator's page tells a view from the one before; null from a page that is older than this. */
  view: number | null;
  signal: Signal;
}

/** A signal, and who sent it. */
export type SignalFrom = OfView & { from: string };

/** An invigilator's words to this candidate, over the WebSocket or with a job. */
export interface Message {
  id: string;
  text: string;
  sent_at: string;
}

/** The message is on the candidate's screen, or they have said that they read it. */
export interface Receipt {
  type: "receipt";
  id: string;
  acknowledged: boolean;
}

interface Welcome {
  type: "welcome";
  ice_servers: { urls: string[]; username: string | null; credential: string | null }[];
}

/** What the gateway sends after its welcome. */
export type GatewayMessage =
  | SignalFrom
  | { type: "watched"; viewers: number }
  | ({ type: "message" } & Message)
  // To invigilators, of a message: there is a new one, or one has come further.
  | { type: "sent" | "receipt" }
  | { type: "error"; detail: string };

export type FromGateway = Welcome | GatewayMessage;

export type ToGateway = { type: "hello"; credentials: string } | (OfView & { to: string }) | Receipt;
