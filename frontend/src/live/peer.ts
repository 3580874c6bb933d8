import type { Ice, Signal } from "./protocol";

/** Open the peer connection of a live view; `send` passes our ICE candidates to the other browser. */
export function openPeer(iceServers: RTCIceServer[], send: (signal: Signal) => void): RTCPeerConnection {
  const peer = new RTCPeerConnection({ iceServers });
  peer.onicecandidate = ({ candidate }) => {
    // An empty candidate ends a generation, which the null that follows says as well.
    if (candidate?.candidate !== "") send({ type: "ice", candidate: candidate?.toJSON() ?? null });
  };
  return peer;
}

export async function addIceCandidate(peer: RTCPeerConnection, { candidate }: Ice): Promise<void> {
  await peer.addIceCandidate(candidate ?? undefined);
}
