import { type FormEvent, useEffect, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { changeRules } from "../../api/gateway";
import type { MeetingRules } from "../../api/types";
import { Failure } from "../../ui/Failure";
import { useAsking } from "../../ui/useAsking";
import { RuleField } from "./RuleField";
import styles from "./RulesForm.module.css";
import { changesIn, formValues, RULE_NAMES, type RuleName } from "./rules";

interface Props {
  meetingId: string;
  adminKey: string;
  rules: MeetingRules;
  onSaved: (rules: MeetingRules) => void;
}

const NONE: ReadonlyMap<string, string> = new Map();

export function RulesForm({ meetingId, adminKey, rules, onSaved }: Props) {
  const [form, setForm] = useState(() => formValues(rules));
  const [problems, setProblems] = useState(NONE);
  const [saved, setSaved] = useState(false);
  const { busy, problem, ask } = useAsking();
  const fields = useRef<HTMLFormElement>(null);

  // The field's problem is announced with it.
  useEffect(() => {
    if (problems.size > 0) fields.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);

  async function save() {
    setSaved(false);
    setProblems(NONE);
    try {
      const answer = await changeRules(meetingId, adminKey, changesIn(form, rules));
      onSaved(answer);
      setForm(formValues(answer));
      setSaved(true);
    } catch (error) {
      if (!(error instanceof ApiError) || error.fields.size === 0) throw error;
      setProblems(error.fields);
    }
  }

  function change(name: RuleName, value: string) {
    setForm({ ...form, [name]: value });
    setSaved(false);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void ask(save);
  }

  return (
    <form className={styles.rules} ref={fields} onSubmit={submit}>
      {RULE_NAMES.map((name) => (
        <RuleField
          key={name}
          name={name}
          value={form[name]}
          defaultValue={rules.usual[name]}
          problem={problems.get(name)}
          onChange={(value) => change(name, value)}
        />
      ))}
      <p className="quiet">
        An empty field restores the default. Scores are those of the dlib-guided detector.
      </p>
      {problem && <Failure message={problem} />}
      <div className={`actions ${styles.buttons}`}>
        <button type="submit" className="primary" aria-disabled={busy}>
          {busy ? "Saving…" : "Save"}
        </button>
        <p role="status">{saved && "Saved."}</p>
      </div>
    </form>
  );
}
