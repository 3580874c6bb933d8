import { pictureLink } from "../../api/pictureLink";
import type { Flag } from "../../api/types";
import { timeOfDay } from "../../ui/time";
import { BoxedPicture } from "../flags/BoxedPicture";
import styles from "./IncidentPictures.module.css";

interface Props {
  pictures: readonly Flag[];
  /** Place of the picture that is shown large. */
  shown: number;
  onShow: (place: number) => void;
}

/** One picture of an incident, large, and the others small. */
export function IncidentPictures({ pictures, shown, onShow }: Props) {
  const picture = pictures[shown];
  if (!picture) return null;
  return (
    <div className={styles.pictures}>
      <BoxedPicture flag={picture} className={styles.large} />
      {pictures.length > 1 && (
        <ul className={`plain ${styles.strip}`}>
          {pictures.map((one, place) => (
            <li key={one.id}>
              <button type="button" aria-pressed={place === shown} onClick={() => onShow(place)}>
                {one.thumbnail_url && <img src={pictureLink(one.thumbnail_url)} alt="" />}
                <time dateTime={one.ts}>{timeOfDay(one.ts)}</time>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
