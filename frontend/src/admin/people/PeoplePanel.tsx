import type { PersonState } from "../../api/types";
import { Count } from "../../ui/Count";
import { Nothing, Panel } from "../Panel";
import styles from "./PeoplePanel.module.css";
import { PersonCard } from "./PersonCard";
import { PERSON_STATES, StateMark } from "./StateMark";
import type { LivePeople } from "./usePeople";

interface Props {
  live: LivePeople;
  onShowFlags: (participantId: string) => void;
  onOpen: (participantId: string) => void;
}

/** Everyone in the meeting. The server sorts those who need attention first. */
export function PeoplePanel({ live: { people, clockOffset }, onShowFlags, onOpen }: Props) {
  const everyone = people?.people ?? [];
  return (
    <Panel
      id="people-title"
      title={
        <>
          People <Count value={everyone.length} />
        </>
      }
      aside={<Tally states={everyone.map(({ state }) => state)} />}
    >
      {people && everyone.length === 0 && (
        <Nothing>Nobody has joined yet. Share the candidates' link with those who take the exam.</Nothing>
      )}
      <ul className={`plain ${styles.list}`}>
        {everyone.map((person) => (
          <PersonCard
            key={person.participant_id}
            person={person}
            clockOffset={clockOffset}
            onShowFlags={onShowFlags}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </Panel>
  );
}

function Tally({ states }: { states: PersonState[] }) {
  return (
    <ul className={`plain ${styles.tally}`}>
      {tally(states).map(([state, count]) => (
        <li key={state}>
          <StateMark state={state} /> <span>{count}</span>
        </li>
      ))}
    </ul>
  );
}

function tally(states: PersonState[]): [PersonState, number][] {
  const order = Object.keys(PERSON_STATES) as PersonState[];
  return order
    .map((state): [PersonState, number] => [state, states.filter((one) => one === state).length])
    .filter(([, count]) => count > 0);
}
