import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import type { Flag, Review } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { Icon } from "../../ui/Icon";
import { dayAndTime } from "../../ui/time";
import { PersonNumber } from "../people/PersonNumber";
import { BoxedPicture } from "./BoxedPicture";
import styles from "./FlagViewer.module.css";
import { confidenceLabel, countLabel, KIND_NAMES } from "./labels";
import { hasModifier, listStep } from "./listStep";
import { REVIEW_LABELS, ReviewMark } from "./ReviewMark";

interface Props {
  flag: Flag;
  hasNewer: boolean;
  hasOlder: boolean;
  onStep: (step: -1 | 1) => Promise<void>;
  onReview: (flag: Flag, decision: Review) => Promise<void>;
  onClose: () => void;
}

/** The state that a key sets; idempotent, also for two invigilators at once. */
const DECISIONS: Record<string, Review> = { c: "confirmed", d: "dismissed", u: "open" };

/** A flag's picture, large, and the buttons to decide about it. */
export function FlagViewer({ flag, hasNewer, hasOlder, onStep, onReview, onClose }: Props) {
  // Not the mutation's own error: that is of the latest action only, and an earlier one may fail after it.
  const [problem, setProblem] = useState("");
  const { mutate } = useMutation({
    mutationFn: (action: () => Promise<void>) => action(),
    onMutate: () => setProblem(""),
    onError: (error) => setProblem(errorMessage(error)),
  });
  const isDecided = flag.review !== "open";

  const step = (direction: -1 | 1) => mutate(() => onStep(direction));
  const decide = (decision: Review) => mutate(() => onReview(flag, decision));

  function press(event: KeyboardEvent) {
    const direction = listStep(event);
    const decision = hasModifier(event) ? undefined : DECISIONS[event.key];
    if (direction !== 0) step(direction);
    else if (decision) decide(decision);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog labelledBy="viewer-title" className={styles.viewer} onClose={onClose} onKeyDown={press}>
      <DialogHead onClose={onClose}>
        <div>
          <h2 id="viewer-title">{flag.participant_name}</h2>
          <p>
            <PersonNumber participantId={flag.participant_id} />{" "}
            <span>{`${KIND_NAMES[flag.kind]}: ${countLabel(flag)} ·`}</span>{" "}
            <time dateTime={flag.ts}>{dayAndTime(flag.ts)}</time>
          </p>
          <p role="status">
            <ReviewMark review={flag.review} />
          </p>
        </div>
      </DialogHead>
      <BoxedPicture flag={flag} className={styles.picture} />
      <div className={`quiet ${problem ? styles.crowdedOut : ""}`}>
        <p>A flag is a reason to look. You decide.</p>
        <details>
          <summary>Details</summary>
          <p>{`${confidenceLabel(flag)} · ${flag.findings.engine} ${flag.findings.version}`}</p>
        </details>
      </div>
      {problem && <Failure message={problem} />}
      <div className={styles.actions}>
        {/* Not `disabled`: the button would lose the focus, and with it the keys, at either end. */}
        <button type="button" aria-disabled={!hasNewer} onClick={() => step(-1)}>
          <Icon name="left" /> Newer
        </button>
        <button type="button" aria-disabled={!hasOlder} onClick={() => step(1)}>
          Older <Icon name="right" />
        </button>
        <button type="button" aria-pressed={flag.review === "confirmed"} onClick={() => decide("confirmed")}>
          <Icon name="check" /> Confirm <kbd>C</kbd>
        </button>
        <button type="button" aria-pressed={flag.review === "dismissed"} onClick={() => decide("dismissed")}>
          <Icon name="close" /> Dismiss <kbd>D</kbd>
        </button>
        <button type="button" aria-disabled={!isDecided} onClick={() => decide("open")}>
          <span>{isDecided ? `Undo “${REVIEW_LABELS[flag.review]}”` : "Undo"}</span> <kbd>U</kbd>
        </button>
      </div>
    </Dialog>
  );
}
