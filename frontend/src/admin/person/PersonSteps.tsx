import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import type { Meeting, Person } from "../../api/types";
import { personPath } from "../../meeting/links";
import { Icon } from "../../ui/Icon";
import { neighboursOf } from "./neighbours";
import styles from "./PersonSteps.module.css";

interface Props {
  meeting: Meeting;
  people: readonly Person[];
  participantId: string;
}

/** Links back to the exam, and to the previous and next candidate by name; also with the keys P and N. */
export function PersonSteps({ meeting, people, participantId }: Props) {
  const [, navigate] = useLocation();
  const { previous, next } = neighboursOf(people, participantId);
  const targets: Record<string, string | undefined> = {
    p: previous && personPath(previous.participant_id),
    n: next && personPath(next.participant_id),
  };

  useEffect(() => {
    function press(event: KeyboardEvent) {
      const target = targets[event.key];
      if (target && !isTyping(event) && !document.querySelector("dialog[open]")) navigate(target);
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });

  return (
    <nav className={styles.steps} aria-label="Candidates">
      <Link href="/">
        <Icon name="left" /> <bdi>{meeting.title}</bdi>
      </Link>
      <Step person={previous} label="Previous" shortcut="P" />
      <Step person={next} label="Next" shortcut="N" />
    </nav>
  );
}

function Step({ person, label, shortcut }: { person: Person | undefined; label: string; shortcut: string }) {
  if (!person) return null;
  return (
    <Link href={personPath(person.participant_id)} aria-keyshortcuts={shortcut}>
      <span>{`${label}:`}</span> <bdi>{person.name}</bdi> <span>{`#${person.number}`}</span>{" "}
      <kbd>{shortcut}</kbd>
    </Link>
  );
}

function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
