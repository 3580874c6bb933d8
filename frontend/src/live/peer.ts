import type { IceSignal } from "../api/types";

/** Open the peer connection of a live view; `send` passes our ICE candidates to the other browser. */
export function openPeer(iceServers: RTCIceServer[], send: (signal: IceSignal) => void): RTCPeerConnection {
  const peer = new RTCPeerConnection({ iceServers });
  peer.onicecandidate = ({ candidate }) => {
    // An empty candidate ends a generation, which the null that follows says as well.
    if (candidate === null) send({ type: "ice", candidate });
    else if (candidate.candidate) {
      send({ type: "ice", candidate: { ...candidate.toJSON(), candidate: candidate.candidate } });
    }
  };
  return peer;
}

export async function addIceCandidate(peer: RTCPeerConnection, { candidate }: IceSignal): Promise<void> {
  await peer.addIceCandidate(candidate ?? undefined);
}
