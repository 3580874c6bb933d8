import { useMutation } from "@tanstack/react-query";
import { errorMessage } from "../ui/errorMessage";

/** State of one user-triggered request. */
export interface Action {
  busy: boolean;
  /** The message to show; empty while there is none. */
  problem: string;
  /** Does nothing while busy, so that the button need not be disabled: it would lose the focus. */
  run: () => void;
}

export function useAction(action: () => Promise<void>): Action {
  const { mutate, isPending, error } = useMutation({ mutationFn: action });
  return {
    busy: isPending,
    problem: error ? errorMessage(error) : "",
    run: () => {
      if (!isPending) mutate();
    },
  };
}
