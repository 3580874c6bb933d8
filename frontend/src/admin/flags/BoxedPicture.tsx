import { useState } from "react";
import { pictureLink } from "../../api/pictureLink";
import type { Flag } from "../../api/types";
import styles from "./BoxedPicture.module.css";

interface Props {
  flag: Flag;
  className: string | undefined;
}

/** The picture with a box around each detected face. */
export function BoxedPicture({ flag, className }: Props) {
  const { img_url, findings, faces, participant_name } = flag;
  const { width, height } = findings;
  const [failedUrl, setFailedUrl] = useState("");
  // Legible on a phone, too, where the picture is half as wide.
  const fontSize = width / 28;
  if (!img_url)
    return (
      <p className={`${styles.deleted} ${className}`}>
        The picture was deleted at the end of its retention period.
      </p>
    );
  if (failedUrl === img_url) {
    return (
      <p className={`${styles.deleted} ${className}`}>
        The picture could not be loaded. Close this and open it again.
      </p>
    );
  }
  return (
    <div className={`${styles.boxed} ${className}`} style={{ aspectRatio: `${width} / ${height}` }}>
      <img
        key={img_url}
        src={pictureLink(img_url)}
        alt={`${participant_name}, with ${faces} faces found`}
        onError={() => setFailedUrl(img_url)}
      />
      {/* Coordinates are the picture's pixels; the SVG scales with the picture. */}
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {findings.faces.map(({ box, score }) => (
          <g key={`${box.left} ${box.top} ${box.width} ${box.height}`}>
            <rect x={box.left} y={box.top} width={box.width} height={box.height} rx="4" />
            <text x={box.left} y={Math.max(fontSize, box.top - fontSize / 3)} fontSize={fontSize}>
              {score.toFixed(2)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}
