import { useEffect, useRef } from "react";
import { Icon } from "../../ui/Icon";
import type { Camera } from "./Camera";
import styles from "./Preview.module.css";

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

  return (
    <div ref={box} className={styles.preview} role="img" aria-label="Your camera's picture, as in a mirror" />
  );
}

/** Shown in place of the preview while the camera is off. */
export function NoPreview() {
  return (
    <div className={styles.none}>
      <Icon name="cameraOff" />
      No picture
    </div>
  );
}
