import { useState } from "react";
import type { Attempt } from "../../api/record";
import type { DecisionHistory } from "../../api/types";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { dayAndTime } from "../../ui/time";
import { Mark } from "../Mark";
import { Panel } from "../Panel";
import { DecisionForm } from "./DecisionForm";
import styles from "./Decisions.module.css";
import { ReopenForm } from "./ReopenForm";
import { codeLabel, outcomeLabel } from "./words";

interface Props {
  attempt: Attempt;
  history: DecisionHistory;
  onDecided: () => void;
}

/** What readers concluded about the attempt, and the form to decide. */
export function Decisions({ history, attempt, onDecided }: Props) {
  const { state, entries, reason_codes } = history;
  // Here, not in the forms: another reader's decision hides the form whose own was refused because of it.
  const [failed, setFailed] = useState<Error | null>(null);
  const form = { attempt, onFailed: setFailed, onDecided };
  return (
    <Panel id="decision-title" title="Decision" aside={<StateMark history={history} />}>
      {state === "awaiting_second_reader" && (
        <p>A violation takes effect when a second reader agrees. Another outcome replaces it.</p>
      )}
      {failed && <Failure message={`Your decision was not recorded. ${errorMessage(failed)}`} />}
      {/* Hidden, it keeps what a reader has written when another decides first. */}
      <div hidden={state === "decided"}>
        <DecisionForm {...form} reasonCodes={reason_codes} />
      </div>
      {state !== "open" && <ReopenForm {...form} />}
      {entries.length > 0 && (
        <ol className={`plain ${styles.entries}`} aria-label="Decisions so far">
          {entries.map(({ id, outcome, takes_effect, reason_code, comment, reader, at }) => (
            <li key={id}>
              <p>
                <strong>{outcomeLabel(outcome)}</strong>
                {reason_code && <span>{` · ${codeLabel(reason_code)}`}</span>}
                {outcome === "violation" && !takes_effect && <span> · first reader</span>}
              </p>
              {comment && <p>{comment}</p>}
              <p className="quiet">
                <bdi>{reader.name}</bdi> <span>{`(${reader.email}) · ${dayAndTime(at)}`}</span>
              </p>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function StateMark({ history: { state, entries } }: { history: DecisionHistory }) {
  switch (state) {
    case "open":
      return <Mark tone="neutral" icon="info" label="Not decided" />;
    case "awaiting_second_reader":
      return <Mark tone="warning" icon="clock" label="Waits for a second reader" />;
    case "decided":
      return <Mark tone="good" icon="check" label={`Decided: ${outcomeLabel(entries[0]?.outcome ?? "")}`} />;
  }
}
