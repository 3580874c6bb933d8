import { useQuery, useQueryClient } from "@tanstack/react-query";
import { readRules } from "../../api/gateway";
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

const KEY = ["rules"];

/** What is flagged in this exam. */
export function RulesDialog({ meetingId, adminKey, onClose }: Props) {
  const client = useQueryClient();
  const {
    data: rules,
    error,
    isPending,
  } = useQuery({ queryKey: KEY, queryFn: () => readRules(meetingId, adminKey) });

  return (
    <Dialog labelledBy="rules-title" wide onClose={onClose}>
      <DialogHead onClose={onClose}>
        <h2 id="rules-title">Rules</h2>
      </DialogHead>
      <p>
        How much is flagged in this exam: low flags less, high flags more. A change applies from the next
        picture; existing flags stay. A flag is a reason to look. You decide.
      </p>
      {error && <Failure message={`${errorMessage(error)} Then close this and open it again.`} />}
      {isPending && <p role="status">Loading…</p>}
      {rules && (
        <RulesForm
          meetingId={meetingId}
          adminKey={adminKey}
          rules={rules}
          onSaved={(saved) => client.setQueryData(KEY, saved)}
        />
      )}
    </Dialog>
  );
}
