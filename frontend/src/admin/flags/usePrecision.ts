import { useQuery } from "@tanstack/react-query";
import { readPrecision } from "../../api/gateway";
import type { KindPrecision } from "../../api/types";

const REFRESH_MS = 30_000;

/** How many reviewed incidents of each kind were confirmed; empty until it is known. */
export function usePrecision(meetingId: string, adminKey: string): readonly KindPrecision[] {
  const { data } = useQuery({
    queryKey: ["precision"],
    queryFn: () => readPrecision(meetingId, adminKey),
    refetchInterval: REFRESH_MS,
  });
  return data ?? [];
}
