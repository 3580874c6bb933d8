import { pictureLink } from "../../api/pictureLink";
import { Icon } from "../../ui/Icon";
import styles from "./Thumbnail.module.css";

/** The newest thumbnail, or a placeholder; as large as what it is in. */
export function Thumbnail({ link, loading }: { link: string | null; loading?: "lazy" }) {
  return (
    <div className={styles.thumbnail}>
      {link ? (
        <img src={pictureLink(link)} alt="" decoding="async" loading={loading} />
      ) : (
        <Icon name="person" />
      )}
    </div>
  );
}
