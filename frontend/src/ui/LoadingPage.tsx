import { Page } from "./Page";

/** Shown while a page's scripts or data are loaded. */
export function LoadingPage({ title }: { title: string }) {
  return (
    <Page title={title}>
      <p role="status">Loading…</p>
    </Page>
  );
}
