import { useEffect, useRef } from "react";
import type { Camera } from "./Camera";

/** The camera's picture, mirrored. */
export function Preview({ camera }: { camera: Camera }) {
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const { video } = camera;
    box.current?.append(video);
    // A video pauses when it moves in the DOM; moving it again before it plays is no error.
    video.play().catch(() => undefined);
    return () => video.remove();
  }, [camera]);

  return <div ref={box} className="preview" role="img" aria-label="Your camera's picture, as in a mirror" />;
}
