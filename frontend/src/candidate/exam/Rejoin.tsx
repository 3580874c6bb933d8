import { useState } from "react";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { type Seat, takeSeat } from "../seat";
import styles from "./ConcernBanner.module.css";

interface Props {
  seat: Seat;
  onChange: (seat: Seat) => void;
}

/** For a token that has expired (after a day), or that a reinstalled server does not know. */
export function Rejoin({ seat, onChange }: Props) {
  const [problem, setProblem] = useState("");

  async function rejoin() {
    try {
      const { participantId, token } = await takeSeat(seat.meetingId, seat.name);
      onChange({ ...seat, participantId, token });
    } catch (error) {
      setProblem(errorMessage(error));
    }
  }

  return (
    <div className={styles.concern} role="alert">
      <div>
        <h2>Your access to this meeting has expired</h2>
        <p>You are not being checked at the moment. Join again under the same name to continue.</p>
        {problem && <Failure message={problem} />}
        <button type="button" className="primary" onClick={rejoin}>
          Join again
        </button>
      </div>
    </div>
  );
}
