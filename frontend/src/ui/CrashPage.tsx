import { MissingFileError } from "./loadFile";
import { OfficeContact } from "./OfficeContact";
import { Page } from "./Page";

const NEW_VERSION = {
  title: "A part of this page could not be loaded",
  text: "The page was probably updated. Reload it to continue.",
};
const CRASHED = {
  title: "This page has stopped working",
  text: "It is not your fault. This page is not checking anybody now. Reload it to continue.",
};

/** Shown instead of a page that crashed. */
export function CrashPage({ error }: { error: unknown }) {
  const { title, text } = error instanceof MissingFileError ? NEW_VERSION : CRASHED;
  return (
    <Page title={`✕ ${title}`}>
      <div className="card" role="alert">
        <h1>{title}</h1>
        <p>{text}</p>
        <p>If you were in an exam, you will continue where you were.</p>
        <button type="button" className="primary" onClick={() => location.reload()}>
          Reload the page
        </button>
        <p className="quiet">
          If it happens again, try another browser, and tell the person who sent you the link.
        </p>
        <OfficeContact />
      </div>
    </Page>
  );
}
