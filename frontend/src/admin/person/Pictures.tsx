import type { Flag } from "../../api/types";
import { Count } from "../../ui/Count";
import { Panel } from "../Panel";
import { PictureButton } from "./PictureButton";
import styles from "./Pictures.module.css";

interface Props {
  /** By time. */
  pictures: readonly Flag[];
  onShow: (at: number) => void;
}

/** All pictures that are kept, in order; each leads to its minute. */
export function Pictures({ pictures, onShow }: Props) {
  return (
    <Panel
      id="pictures-title"
      title={
        <>
          Pictures over time <Count value={pictures.length} />
        </>
      }
      aside={null}
    >
      {pictures.length === 0 && <p className="quiet">No picture is kept: only flagged ones are.</p>}
      <ul className={`plain ${styles.strip}`}>
        {pictures.map((flag) => (
          <li key={flag.id}>
            <PictureButton flag={flag} action="Go to" onPress={() => onShow(Date.parse(flag.ts))} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
