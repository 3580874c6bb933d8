import { pictureLink } from "../../api/pictureLink";
import { Icon } from "../../ui/Icon";
import styles from "./Thumbnail.module.css";

/** The newest thumbnail, or a placeholder; as large as what it is in. */
export function Thumbnail({ link }: { link: string | null }) {
  return (
    <div className={styles.thumbnail}>
      {link ? <img src={pictureLink(link)} alt="" decoding="async" /> : <Icon name="person" />}
    </div>
  );
}
