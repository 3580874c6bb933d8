import { useState } from "react";
import { exportPerson } from "../../api/gateway";
import type { Person } from "../../api/types";
import { Failure } from "../../ui/Failure";
import { saveFile } from "../../ui/saveFile";
import { useAction } from "../useAction";
import { EraseDialog } from "./EraseDialog";
import styles from "./PersonData.module.css";

interface Props {
  meetingId: string;
  adminKey: string;
  person: Person;
  onErase: (person: Person) => Promise<void>;
}

/** Export or erase a candidate's stored data. */
export function PersonData({ meetingId, adminKey, person, onErase }: Props) {
  const [erasing, setErasing] = useState(false);
  const { participant_id, name } = person;

  const { busy, problem, run } = useAction(async () =>
    saveFile(await exportPerson(meetingId, adminKey, participant_id), `${name}.zip`),
  );

  return (
    <section className={styles.data} aria-labelledby="person-data-title">
      <h3 id="person-data-title">
        What is stored about <bdi>{name}</bdi>
      </h3>
      <p className="quiet">Flags with their pictures, messages, and the times of checked pictures.</p>
      <div className="actions">
        <button type="button" aria-disabled={busy} onClick={run}>
          {busy ? "Exporting…" : "Export"}
        </button>
        <button type="button" className="danger" onClick={() => setErasing(true)}>
          Erase…
        </button>
      </div>
      {problem && <Failure message={`Nothing was exported. ${problem}`} />}
      {erasing && <EraseDialog person={person} onErase={onErase} onClose={() => setErasing(false)} />}
    </section>
  );
}
