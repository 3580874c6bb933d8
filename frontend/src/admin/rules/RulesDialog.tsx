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

/** The numbers that decide when a picture is flagged in this exam. */
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
        When a picture is flagged in this exam. A change applies from the next picture; existing flags stay.
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
