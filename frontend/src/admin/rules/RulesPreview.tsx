import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { previewRules } from "../../api/gateway";
import type { RuleOverrides } from "../../api/types";
import { previewText } from "./rules";

interface Props {
  meetingId: string;
  adminKey: string;
  /** What the form would change. */
  changes: RuleOverrides;
}

const PAUSE_MS = 300;

/** What the chosen rules would have made of the last hour's flags. */
export function RulesPreview({ meetingId, adminKey, changes }: Props) {
  const chosen = useDelayed(changes);
  const { data, isError } = useQuery({
    queryKey: ["rules-preview", chosen],
    queryFn: ({ signal }) => previewRules(meetingId, adminKey, chosen, signal),
    placeholderData: keepPreviousData,
    // An invalid number is explained at its field, when the form is saved.
    retry: false,
  });
  return (
    <p role="status" aria-label="The last hour with these rules">
      {isError
        ? "These rules can't be tried on the last hour now."
        : data && previewText(data, Object.keys(chosen).length > 0)}
    </p>
  );
}

/** Return the value once it has not changed for a moment. */
function useDelayed<T>(value: T): T {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return delayed;
}
