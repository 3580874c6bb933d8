import { pictureLink } from "../../api/pictureLink";
import { Icon } from "../../ui/Icon";

/** The newest thumbnail, or a placeholder. */
export function Thumbnail({ link }: { link: string | null }) {
  return (
    <div className="thumbnail">
      {link ? <img src={pictureLink(link)} alt="" decoding="async" /> : <Icon name="person" />}
    </div>
  );
}
