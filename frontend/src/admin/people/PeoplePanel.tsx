import type { PersonState } from "../../api/types";
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
    <section className="people" aria-labelledby="people-title">
      <div className="section-head">
        <h2 id="people-title">
          People <span className="count">{everyone.length}</span>
        </h2>
        <ul className="plain tally">
          {tally(everyone.map(({ state }) => state)).map(([state, count]) => (
            <li key={state}>
              <StateMark state={state} /> <span>{count}</span>
            </li>
          ))}
        </ul>
      </div>
      {people && everyone.length === 0 && (
        <p className="nothing">
          Nobody has joined yet. Share the candidates' link with those who take the exam.
        </p>
      )}
      <ul className="plain people-list">
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
    </section>
  );
}

function tally(states: PersonState[]): [PersonState, number][] {
  const order = Object.keys(PERSON_STATES) as PersonState[];
  return order
    .map((state): [PersonState, number] => [state, states.filter((one) => one === state).length])
    .filter(([, count]) => count > 0);
}
