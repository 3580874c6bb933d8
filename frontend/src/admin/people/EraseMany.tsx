import { useState } from "react";
import type { Person } from "../../api/types";
import { Checkbox } from "../../ui/Checkbox";
import { Failure } from "../../ui/Failure";
import { timeOfDay } from "../../ui/time";
import { useAction } from "../useAction";
import styles from "./EraseMany.module.css";
import type { LivePeople } from "./usePeople";

/** Erase several people at once, for example after a flood of strangers. */
export function EraseMany({ live }: { live: LivePeople }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [unseenOnly, setUnseenOnly] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const everyone = live.people?.people ?? [];
  const shown = unseenOnly ? everyone.filter(({ last_frame_at }) => !last_frame_at) : everyone;
  const selected = shown.filter(({ participant_id }) => chosen.has(participant_id));

  function toggle({ participant_id }: Person) {
    const next = new Set(chosen);
    if (!next.delete(participant_id)) next.add(participant_id);
    setChosen(next);
  }

  const { busy, problem, run } = useAction(async () => {
    await live.eraseMany(selected);
    setConfirming(false);
  });

  if (everyone.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="erase-many-title">
      <h3 id="erase-many-title">Erase people</h3>
      <Checkbox checked={unseenOnly} onChange={() => setUnseenOnly(!unseenOnly)}>
        <span>Show only people who have never sent a picture</span>
      </Checkbox>
      <ul className={`plain ${styles.list}`}>
        {shown.map((person) => (
          <li key={person.participant_id}>
            <Checkbox checked={chosen.has(person.participant_id)} onChange={() => toggle(person)}>
              <bdi>{person.name}</bdi>
              <span className="quiet">{`joined at ${timeOfDay(person.joined_at)}`}</span>
            </Checkbox>
          </li>
        ))}
      </ul>
      {confirming && selected.length > 0 ? (
        <div role="alert">
          <p>
            {`Erase ${peopleCount(selected.length)}? Names, flags, pictures and messages are deleted, and the exam ends for them. It can't be undone.`}
          </p>
          <div className="actions">
            <button type="button" className="danger" aria-disabled={busy} onClick={run}>
              {busy ? "Erasing…" : "Erase permanently"}
            </button>
            <button type="button" onClick={() => setConfirming(false)}>
              Don't erase
            </button>
          </div>
        </div>
      ) : (
        <div className="actions">
          <button
            type="button"
            onClick={() => setChosen(new Set(shown.map(({ participant_id }) => participant_id)))}
          >
            Select all
          </button>
          <button type="button" disabled={selected.length === 0} onClick={() => setChosen(new Set())}>
            Select none
          </button>
          <button
            type="button"
            className="danger"
            disabled={selected.length === 0}
            onClick={() => setConfirming(true)}
          >
            {`Erase ${peopleCount(selected.length)}…`}
          </button>
        </div>
      )}
      {problem && <Failure message={`Not everyone was erased. ${problem} Then press again.`} />}
    </section>
  );
}

function peopleCount(people: number): string {
  return people === 1 ? "1 person" : `${people} people`;
}
