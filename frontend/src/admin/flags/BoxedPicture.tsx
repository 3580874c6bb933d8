import { useState } from "react";
import { pictureLink } from "../../api/pictureLink";
import type { Box, Flag } from "../../api/types";
import styles from "./BoxedPicture.module.css";
import { countLabel, withoutFace } from "./labels";

interface Props {
  flag: Flag;
  className: string | undefined;
}

/** The picture with a box around each face, and a dashed one around each person without a visible face. */
export function BoxedPicture({ flag, className }: Props) {
  const { img_url, findings, participant_name } = flag;
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
      <div className={`${styles.deleted} ${className}`}>
        <p>The picture could not be loaded.</p>
        <button type="button" onClick={() => setFailedUrl("")}>
          Try again
        </button>
      </div>
    );
  }
  return (
    <div className={`${styles.boxed} ${className}`} style={{ aspectRatio: `${width} / ${height}` }}>
      <img
        key={img_url}
        src={pictureLink(img_url)}
        alt={`${participant_name}, with ${countLabel(flag)} found`}
        onError={() => setFailedUrl(img_url)}
      />
      {/* Coordinates are the picture's pixels; the SVG scales with the picture. */}
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {findings.faces.map(({ box, score }) => (
          <LabelledBox key={keyOf(box)} box={box} fontSize={fontSize} text={score.toFixed(2)} />
        ))}
        {withoutFace(findings).map(({ box, score }) => (
          <LabelledBox
            key={keyOf(box)}
            className={styles.withoutFace}
            box={box}
            fontSize={fontSize}
            alignRight={box.left > width / 2}
            text={`Face not visible ${score.toFixed(2)}`}
          />
        ))}
      </svg>
    </div>
  );
}

interface BoxProps {
  box: Box;
  text: string;
  fontSize: number;
  /** For a long text in the picture's right half, which would leave the picture. */
  alignRight?: boolean;
  className?: string | undefined;
}

function LabelledBox({ box, text, fontSize, alignRight = false, className }: BoxProps) {
  const { left, top, width, height } = box;
  return (
    <g className={className}>
      <rect x={left} y={top} width={width} height={height} rx="4" />
      <text
        x={alignRight ? left + width : left}
        y={Math.max(fontSize, top - fontSize / 3)}
        fontSize={fontSize}
        textAnchor={alignRight ? "end" : "start"}
      >
        {text}
      </text>
    </g>
  );
}

function keyOf({ left, top, width, height }: Box): string {
  return `${left} ${top} ${width} ${height}`;
}
