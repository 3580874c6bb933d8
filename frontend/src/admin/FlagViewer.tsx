import { type KeyboardEvent, useState } from "react";
import type { Flag, Review } from "../api/types";
import { Dialog } from "../ui/Dialog";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { messageOf } from "../ui/message";
import { dayAndTime } from "../ui/time";
import { BoxedPicture } from "./BoxedPicture";
import { DialogHead } from "./DialogHead";
import { KIND_NAMES } from "./kinds";
import { ReviewMark } from "./ReviewMark";
import { hasModifier, stepOf } from "./stepOf";
import { sureness } from "./sureness";

interface Props {
  flag: Flag;
  hasNewer: boolean;
  hasOlder: boolean;
  onStep: (step: -1 | 1) => void;
  onReview: (flag: Flag, decision: Review) => Promise<void>;
  onClose: () => void;
}

const DECISIONS: Record<string, Review> = { c: "confirmed", d: "dismissed" };

/** A flag's picture, large, and the decision about it. */
export function FlagViewer({ flag, hasNewer, hasOlder, onStep, onReview, onClose }: Props) {
  const [problem, setProblem] = useState("");

  async function decide(decision: Review) {
    setProblem("");
    try {
      // Pressed again, it takes the decision back.
      await onReview(flag, decision === flag.review ? "open" : decision);
    } catch (error) {
      setProblem(messageOf(error));
    }
  }

  function press(event: KeyboardEvent) {
    const step = stepOf(event);
    const decision = hasModifier(event) ? undefined : DECISIONS[event.key];
    if (step !== 0) onStep(step);
    else if (decision) void decide(decision);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog labelledBy="viewer-title" className="viewer" onClose={onClose} onKeyDown={press}>
      <DialogHead onClose={onClose}>
        <div>
          <h2 id="viewer-title">{flag.participant_name}</h2>
          <p>
            <span>{`${KIND_NAMES[flag.kind]}: ${flag.faces} faces ·`}</span>{" "}
            <time dateTime={flag.ts}>{dayAndTime(flag.ts)}</time>
          </p>
        </div>
      </DialogHead>
      <BoxedPicture flag={flag} />
      <p className="quiet">
        {`${sureness(flag)} · ${flag.findings.engine} ${flag.findings.version} · a flag is a hint, no verdict: you decide`}
      </p>
      {problem && <Failure message={problem} />}
      <div className="viewer-actions">
        {/* Not `disabled`, which would take the focus, and with it the keys, away at either end. */}
        <button type="button" aria-disabled={!hasNewer} onClick={() => onStep(-1)}>
          <Icon name="left" /> Newer
        </button>
        <button type="button" aria-disabled={!hasOlder} onClick={() => onStep(1)}>
          Older <Icon name="right" />
        </button>
        <button type="button" aria-pressed={flag.review === "confirmed"} onClick={() => decide("confirmed")}>
          <Icon name="check" /> Confirm <kbd>C</kbd>
        </button>
        <button type="button" aria-pressed={flag.review === "dismissed"} onClick={() => decide("dismissed")}>
          <Icon name="close" /> Dismiss <kbd>D</kbd>
        </button>
        <span role="status">
          <ReviewMark review={flag.review} />
        </span>
      </div>
    </Dialog>
  );
}
