// Browsers throttle timers of a background page to one a minute, but not those of a worker.
export interface Alarm {
  id: number;
  milliseconds: number;
}

self.onmessage = ({ data: { id, milliseconds } }: MessageEvent<Alarm>) => {
  setTimeout(() => self.postMessage(id), milliseconds);
};
