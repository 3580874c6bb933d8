import { HOME } from "../basePath";
import { Page } from "./Page";

/** For a mistyped or outdated link. */
export function NotFoundPage({ title }: { title: string }) {
  return (
    <Page title={title}>
      <h1>{title}</h1>
      <p>Please check the link, or ask the person who sent it to you for a new one.</p>
      <p>
        <a href={HOME}>Go to the home page</a>
      </p>
    </Page>
  );
}
