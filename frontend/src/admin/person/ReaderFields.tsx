import type { Reader } from "../../api/types";
import styles from "./ReaderFields.module.css";

interface Props {
  reader: Reader;
  onChange: (reader: Reader) => void;
}

/** Who has read the record: the key of an exam does not say. */
export function ReaderFields({ reader, onChange }: Props) {
  return (
    <div className={styles.reader}>
      <label>
        Your name
        <input
          required
          maxLength={200}
          autoComplete="name"
          value={reader.name}
          onChange={({ target }) => onChange({ ...reader, name: target.value })}
        />
      </label>
      <label>
        Your e-mail address
        <input
          required
          type="email"
          autoComplete="email"
          value={reader.email}
          onChange={({ target }) => onChange({ ...reader, email: target.value })}
        />
      </label>
    </div>
  );
}
