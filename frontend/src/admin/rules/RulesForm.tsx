import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { changeRules } from "../../api/gateway";
import type { MeetingRules } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { LevelChoice } from "./LevelChoice";
import { SCALED_RULES } from "./levels";
import { RuleField } from "./RuleField";
import styles from "./RulesForm.module.css";
import { RulesPreview } from "./RulesPreview";
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
  const changes = useMemo(() => changesIn(form, rules), [form, rules]);
  const { mutate, reset, isPending, isSuccess, error } = useMutation({
    mutationFn: () => changeRules(meetingId, adminKey, changes),
    onSuccess: (answer) => {
      onSaved(answer);
      setForm(formValues(answer));
    },
  });
  const problems = error instanceof ApiError ? error.fields : NONE;
  const fields = useRef<HTMLFormElement>(null);

  // The field's problem is announced with it.
  useEffect(() => {
    if (problems.size > 0) fields.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);

  function change(name: RuleName, value: string) {
    setForm({ ...form, [name]: value });
    if (isSuccess) reset();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isPending) mutate();
  }

  return (
    <form className={styles.rules} ref={fields} onSubmit={submit}>
      {SCALED_RULES.map((name) => (
        <LevelChoice
          key={name}
          name={name}
          value={form[name]}
          usual={rules.usual}
          onChange={(value) => change(name, value)}
        />
      ))}
      <details className={styles.advanced}>
        <summary>Advanced: the numbers</summary>
        <p className="quiet">
          An empty field restores the default. Scores are those of the dlib-guided detector.
        </p>
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
      </details>
      <p className="quiet">
        Below you see what your choice would have made of the last hour's flags. Only flagged pictures are
        kept, so it shows which flags there would not have been. It can't show how many more stricter rules
        would have made.
      </p>
      {error && problems.size === 0 && <Failure message={errorMessage(error)} />}
      <div className={styles.footer}>
        <RulesPreview meetingId={meetingId} adminKey={adminKey} changes={changes} />
        <div className={`actions ${styles.buttons}`}>
          <p role="status">{isSuccess && "Saved."}</p>
          <button type="submit" className="primary" aria-disabled={isPending}>
            {isPending ? "Saving…" : "Save"}
          </button>
        </div>
      </div>
    </form>
  );
}
