import { MissingFileError } from "./loadFile";
import { Page } from "./Page";

const NEW_VERSION = {
  title: "A part of this page could not be loaded",
  words: "Probably a new version of it is here. Reload the page to go on.",
};
const BROKEN = {
  title: "This page has stopped working",
  words: "It is not your fault, and nobody is being checked by this page now. Reload it to go on.",
};

/** In the place of a page that failed. */
export function CrashPage({ error }: { error: unknown }) {
  const { title, words } = error instanceof MissingFileError ? NEW_VERSION : BROKEN;
  return (
    <Page title={`✕ ${title}`}>
      <div className="card" role="alert">
        <h1>{title}</h1>
        <p>{words}</p>
        <p>If you were in an exam, your place is kept: you go on where you were.</p>
        <button type="button" className="primary" onClick={() => location.reload()}>
          Reload the page
        </button>
        <p className="quiet">
          If it happens again, try another browser, and tell the person who sent you the link.
        </p>
      </div>
    </Page>
  );
}
