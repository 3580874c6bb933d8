import { useCallback, useMemo, useState } from "react";
import { meetingPath, personPath } from "../../meeting/links";
import { readStored, store } from "../../ui/storage";
import { Nothing } from "../Panel";
import type { Looking } from "../person/onlookers";
import { MAX_SIZE_REM, MIN_SIZE_REM, PeopleBar } from "./PeopleBar";
import styles from "./PeoplePanel.module.css";
import { sortPeople } from "./sections";
import { useAttention } from "./useAttention";
import { useHold } from "./useHold";
import type { LivePeople } from "./usePeople";
import { usePeopleFilter } from "./usePeopleFilter";
import { useStableSections } from "./useStableSections";
import { Wall } from "./Wall";

interface Props {
  meetingId: string;
  live: LivePeople;
  onlookers: ReadonlyMap<string, Looking>;
  onOpen: (participantId: string) => void;
}

const SIZE_KEY = "proctor.wall.size";
/** 40 faces fit a window of 1280 by 800 pixels, 100 one of 1920 by 1080. */
const USUAL_SIZE_REM = 6;

const isSize = (value: unknown): value is number =>
  typeof value === "number" && value >= MIN_SIZE_REM && value <= MAX_SIZE_REM;

/** Everyone in the meeting. Nobody's place changes under the pointer. */
export function PeoplePanel({ meetingId, live: { people, clockOffset }, onlookers, onOpen }: Props) {
  const everyone = people?.people ?? NOBODY;
  const [filter, changeFilter] = usePeopleFilter();
  const [sizeRem, setSizeRem] = useState(
    () => readStored("localStorage", SIZE_KEY, isSize) ?? USUAL_SIZE_REM,
  );
  const [attention, markSeen] = useAttention(meetingId, everyone, clockOffset);
  const [isHeld, hold] = useHold();
  const wanted = useMemo(() => sortPeople(everyone, attention, filter), [everyone, attention, filter]);
  const { sections, waiting, arrange } = useStableSections(wanted, JSON.stringify(filter), isHeld);
  const byId = useMemo(() => new Map(everyone.map((person) => [person.participant_id, person])), [everyone]);
  const linkOf = useCallback((id: string) => meetingPath(meetingId) + personPath(id), [meetingId]);
  const open = useCallback(
    (id: string) => {
      markSeen([id]);
      onOpen(id);
    },
    [markSeen, onOpen],
  );
  const isEmpty = sections.attention.length + sections.others.length === 0;

  function resize(size: number) {
    setSizeRem(size);
    store("localStorage", SIZE_KEY, size);
  }

  return (
    <section className={styles.panel} aria-label="People">
      <h2 className="unseen">People</h2>
      <PeopleBar
        people={everyone}
        filter={filter}
        onFilter={changeFilter}
        sizeRem={sizeRem}
        onSize={resize}
        waiting={waiting}
        onArrange={arrange}
      />
      {people && everyone.length === 0 && (
        <Nothing>Nobody has joined yet. Share the candidates' link with those who take the exam.</Nothing>
      )}
      {everyone.length > 0 && isEmpty && (
        <Nothing>
          <span>Nobody matches.</span>{" "}
          <button type="button" onClick={() => changeFilter({ search: "", states: [] })}>
            Show everyone
          </button>
        </Nothing>
      )}
      <Wall
        people={byId}
        sections={sections}
        attention={attention}
        onlookers={onlookers}
        clockOffset={clockOffset}
        view={filter.view}
        sizeRem={sizeRem}
        hold={hold}
        linkOf={linkOf}
        onOpen={open}
        onSeen={markSeen}
      />
    </section>
  );
}

const NOBODY: never[] = [];
