import { useState } from "react";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import { type Seat, takeSeat } from "../seat";

interface Props {
  seat: Seat;
  onChange: (seat: Seat) => void;
}

/** A token lasts for a day; the server may have been set up anew, too. */
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
    <div className="concern" role="alert">
      <div>
        <h2>Your place in this meeting has run out</h2>
        <p>You are not checked at the moment. Join again to go on, under the same name.</p>
        {problem && <Failure message={problem} />}
        <button type="button" className="primary" onClick={rejoin}>
          Join again
        </button>
      </div>
    </div>
  );
}
