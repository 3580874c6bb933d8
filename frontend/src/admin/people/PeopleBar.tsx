import { type RefObject, useEffect, useRef, useState } from "react";
import type { Person, PersonState } from "../../api/types";
import { Count } from "../../ui/Count";
import { Icon } from "../../ui/Icon";
import { hasModifier } from "../flags/listStep";
import { type PeopleFilter, SORTS, VIEWS } from "./filter";
import styles from "./PeopleBar.module.css";
import { PERSON_STATES } from "./StateMark";

interface Props {
  people: readonly Person[];
  filter: PeopleFilter;
  onFilter: (changes: Partial<PeopleFilter>) => void;
  sizeRem: number;
  onSize: (sizeRem: number) => void;
  /** How many wait to be shown among those who need attention. */
  waiting: number;
  onArrange: () => void;
}

export const MIN_SIZE_REM = 5.5;
export const MAX_SIZE_REM = 15;

/** Search, states with their counts, order, view and size of the tiles. */
export function PeopleBar({ people, filter, onFilter, sizeRem, onSize, waiting, onArrange }: Props) {
  const search = useRef<HTMLInputElement>(null);
  // On a narrow screen, where the people would be below all of it.
  const [showsAll, setShowsAll] = useState(false);
  useSlashKey(search);
  return (
    <search className={styles.bar} data-all={showsAll}>
      <div className={styles.find}>
        <input
          ref={search}
          type="search"
          aria-label="Search names and numbers"
          aria-keyshortcuts="/"
          placeholder="Name or number  ( / )"
          value={filter.search}
          onChange={(event) => onFilter({ search: event.target.value })}
        />
        <button
          type="button"
          className={styles.more}
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          <span>Filters</span> {filter.states.length > 0 && <Count value={filter.states.length} />}
        </button>
        <button type="button" className={styles.waiting} disabled={waiting === 0} onClick={onArrange}>
          {`${waiting} more need attention`}
        </button>
        <div className={styles.layout}>
          <Choice label="Order" names={SORTS} value={filter.sort} onChoose={(sort) => onFilter({ sort })} />
          <Choice label="View" names={VIEWS} value={filter.view} onChoose={(view) => onFilter({ view })} />
          <input
            type="range"
            aria-label="Size of the pictures"
            min={MIN_SIZE_REM}
            max={MAX_SIZE_REM}
            step={0.5}
            value={sizeRem}
            disabled={filter.view === "list"}
            onChange={(event) => onSize(event.target.valueAsNumber)}
          />
        </div>
      </div>
      <States people={people} filter={filter} onFilter={onFilter} />
    </search>
  );
}

/** `/` moves the focus to the search, unless somebody types or a dialog is open. */
function useSlashKey(search: RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    function focusSearch(event: KeyboardEvent) {
      if (event.key !== "/" || hasModifier(event)) return;
      const { target } = event;
      if (target instanceof Element && target.closest("input:not([type=range]), select, textarea, dialog")) {
        return;
      }
      event.preventDefault();
      search.current?.select();
    }
    document.addEventListener("keydown", focusSearch);
    return () => document.removeEventListener("keydown", focusSearch);
  }, [search]);
}

function States({ people, filter, onFilter }: Pick<Props, "people" | "filter" | "onFilter">) {
  const { states } = filter;
  const all = Object.entries(PERSON_STATES) as [PersonState, (typeof PERSON_STATES)[PersonState]][];

  function toggle(state: PersonState) {
    onFilter({ states: states.includes(state) ? states.filter((one) => one !== state) : [...states, state] });
  }

  return (
    <fieldset className={styles.states}>
      <legend className="unseen">Show only</legend>
      <button type="button" aria-pressed={states.length === 0} onClick={() => onFilter({ states: [] })}>
        <span>Everyone</span> <span className={styles.count}>{people.length}</span>
      </button>
      {/* Those without anybody, too: the buttons must not move as people's states change. */}
      {all.map(([state, { icon, label, tone }]) => (
        <button
          key={state}
          type="button"
          aria-pressed={states.includes(state)}
          data-tone={tone}
          onClick={() => toggle(state)}
        >
          <Icon name={icon} /> <span>{label}</span>{" "}
          <span className={styles.count}>{people.filter((person) => person.state === state).length}</span>
        </button>
      ))}
    </fieldset>
  );
}

interface ChoiceProps<Name extends string> {
  label: string;
  names: Record<Name, string>;
  value: Name;
  onChoose: (name: Name) => void;
}

function Choice<Name extends string>({ label, names, value, onChoose }: ChoiceProps<Name>) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChoose(event.target.value as Name)}>
      {(Object.entries(names) as [Name, string][]).map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}
