import type { Ice, Signal } from "./protocol";

/** A connection to the browser at the other side of a view, which hears by `signal` how to reach this one. */
export function openPeer(iceServers: RTCIceServer[], signal: (signal: Signal) => void): RTCPeerConnection {
  const peer = new RTCPeerConnection({ iceServers });
  peer.onicecandidate = ({ candidate }) => {
    // An empty one ends a generation of them, which null says as well.
    if (candidate?.candidate !== "") signal({ type: "ice", candidate: candidate?.toJSON() ?? null });
  };
  return peer;
}

export async function addIceCandidate(peer: RTCPeerConnection, { candidate }: Ice): Promise<void> {
  await peer.addIceCandidate(candidate ?? undefined);
}
