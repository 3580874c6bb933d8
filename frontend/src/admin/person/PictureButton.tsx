import type { Flag } from "../../api/types";
import { timeOfDay } from "../../ui/time";
import { KIND_NAMES } from "../flags/labels";
import { Thumbnail } from "../people/Thumbnail";
import styles from "./Pictures.module.css";

interface Props {
  flag: Flag;
  /** What pressing it does, for screen readers. */
  action: string;
  onPress: () => void;
}

/** A small picture with its time. Only opening the large one is recorded in the audit log. */
export function PictureButton({ flag, action, onPress }: Props) {
  return (
    <button type="button" className={styles.picture} onClick={onPress}>
      <span className="unseen">{`${action}: `}</span>
      <Thumbnail link={flag.thumbnail_url} loading="lazy" />
      <span>{timeOfDay(flag.ts)}</span>
      <span className="quiet">{KIND_NAMES[flag.kind]}</span>
    </button>
  );
}
