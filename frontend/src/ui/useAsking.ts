import { useState } from "react";
import { errorMessage } from "./errorMessage";

/** How it stands with what was last asked of the server at the press of a button. */
export interface Asking {
  busy: boolean;
  /** What to tell the person; empty while all is well. */
  problem: string;
  /** Does nothing while busy, so that the button need not be disabled: it would lose the focus. */
  ask: (action: () => Promise<void>) => Promise<void>;
}

export function useAsking(): Asking {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function ask(action: () => Promise<void>) {
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      await action();
    } catch (error) {
      setProblem(errorMessage(error));
    } finally {
      setBusy(false);
    }
  }

  return { busy, problem, ask };
}
