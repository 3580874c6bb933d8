import { focusManager, notifyManager, QueryClient } from "@tanstack/react-query";

// By default components learn only after a timer that a mutation is pending. A second click would come before.
notifyManager.setScheduler(queueMicrotask);
// Polls go on in a hidden tab, also after a failure. A tab that is shown again still polls at once.
focusManager.setFocused(true);

/**
 * The cache of the admin page.
 *
 * An answer is dropped with the last component that shows it: another invigilator may have changed it since. Only
 * polls repeat a failed request by themselves; elsewhere the page shows the failure.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: 0,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // Otherwise a request would wait silently while the browser believes that it is offline.
        networkMode: "always",
      },
      mutations: { networkMode: "always", gcTime: 0 },
    },
  });
}

const POLL_MS = 2_500;

/** Options of a query that polls. `failureReason` says why the latest poll failed, until one succeeds. */
export const POLLED = {
  refetchInterval: POLL_MS,
  refetchIntervalInBackground: true,
  refetchOnWindowFocus: "always",
  retry: true,
  retryDelay: POLL_MS,
} as const;
