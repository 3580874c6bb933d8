import { useEffect, useMemo, useSyncExternalStore } from "react";
import { LiveSocket, type SocketState } from "./LiveSocket";

export interface LiveConnection {
  socket: LiveSocket;
  state: SocketState;
}

/** Keep the page's WebSocket open while the component is mounted. */
export function useLiveSocket(meetingId: string, credentials: string): LiveConnection {
  const socket = useMemo(() => new LiveSocket(meetingId, credentials), [meetingId, credentials]);
  useEffect(() => {
    socket.start();
    return () => socket.stop();
  }, [socket]);
  const state = useSyncExternalStore(socket.onState, () => socket.state);
  return { socket, state };
}
