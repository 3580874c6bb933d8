import { useEffect, useState } from "react";
import { readRules } from "../../api/gateway";
import type { MeetingRules } from "../../api/types";
import { Dialog } from "../../ui/Dialog";
import { DialogHead } from "../../ui/DialogHead";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { RulesForm } from "./RulesForm";

interface Props {
  meetingId: string;
  adminKey: string;
  onClose: () => void;
}

/** The numbers that decide when a picture is flagged in this meeting. */
export function RulesDialog({ meetingId, adminKey, onClose }: Props) {
  const [rules, setRules] = useState<MeetingRules | null>(null);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    readRules(meetingId, adminKey).then(setRules, (error: unknown) => setProblem(errorMessage(error)));
  }, [meetingId, adminKey]);

  return (
    <Dialog labelledBy="rules-title" wide onClose={onClose}>
      <DialogHead onClose={onClose}>
        <h2 id="rules-title">Rules</h2>
      </DialogHead>
      <p>
        When a picture is flagged in this meeting. A change applies from the next picture; existing flags
        stay.
      </p>
      {problem && <Failure message={`${problem} Then close this and open it again.`} />}
      {!problem && !rules && <p role="status">Loading…</p>}
      {rules && <RulesForm meetingId={meetingId} adminKey={adminKey} rules={rules} onSaved={setRules} />}
    </Dialog>
  );
}
