import { QRCodeSVG } from "qrcode.react";
import styles from "./QrCode.module.css";

interface Props {
  title: string;
  link: string;
}

/** The candidates' link as a picture, to be projected or printed. */
export default function QrCode({ title, link }: Props) {
  return (
    <figure className={styles.code}>
      <QRCodeSVG
        value={link}
        size={240}
        marginSize={4}
        title={`QR code of the candidates' link to ${title}`}
      />
      <figcaption className="quiet">Candidates scan it with their phone's camera.</figcaption>
    </figure>
  );
}
