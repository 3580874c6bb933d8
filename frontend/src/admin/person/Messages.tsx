import type { Attempt } from "../../api/record";
import type { AttemptRecord } from "../../api/types";
import { MessageForm } from "../messages/MessageForm";
import { MessageRecords } from "../messages/MessageRecords";
import type { Messages as History } from "../messages/useMessages";
import { Panel } from "../Panel";

interface Props {
  attempt: Attempt;
  record: AttemptRecord;
  history: History;
}

/** Messages to the candidate, with receipts. */
export function Messages({ attempt, record, history }: Props) {
  return (
    <Panel id="messages-title" title="Messages" aside={null}>
      <MessageForm {...attempt} label={`Message to ${record.name}`} onSent={history.refresh} />
      <MessageRecords history={history} nameOf={null} />
    </Panel>
  );
}
