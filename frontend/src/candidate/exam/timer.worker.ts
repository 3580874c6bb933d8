// Timers of a page in the background are held back to one a minute; those of a worker are not.
export interface Alarm {
  id: number;
  milliseconds: number;
}

self.onmessage = ({ data: { id, milliseconds } }: MessageEvent<Alarm>) => {
  setTimeout(() => self.postMessage(id), milliseconds);
};
