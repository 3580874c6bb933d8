import { HOME } from "../basePath";
import { Page } from "./Page";

/** Where a mistyped or outdated link leads. */
export function NotFoundPage({ title }: { title: string }) {
  return (
    <Page title={title}>
      <h1>{title}</h1>
      <p>Please look at the link again, or ask the person who sent it to you for a new one.</p>
      <p>
        <a href={HOME}>Go to the home page</a>
      </p>
    </Page>
  );
}
