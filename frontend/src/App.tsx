import { lazy, Suspense } from "react";
import { Route, Router, Switch } from "wouter";
import { basePath } from "./basePath";
import { MeetingPage } from "./meeting/MeetingPage";
import { LoadingPage } from "./ui/LoadingPage";
import { loadFile } from "./ui/loadFile";
import { NotFoundPage } from "./ui/NotFoundPage";

// In a chunk that candidates do not load.
const Home = lazy(() => loadFile(async () => ({ default: (await import("./home/Home")).Home })));

/** `api/pages.py` and `nginx.conf` serve the same paths. Those of a meeting's staff are in `admin/Admin.tsx`. */
export function App() {
  return (
    <Router base={basePath}>
      <Switch>
        <Route path="/">
          <Suspense fallback={<LoadingPage title="Proctor" />}>
            <Home />
          </Suspense>
        </Route>
        <Route path="/meeting/:meetingId" nest>
          {({ meetingId }) => <MeetingPage meetingId={meetingId} />}
        </Route>
        <Route>
          <NotFoundPage title="There is no such page" />
        </Route>
      </Switch>
    </Router>
  );
}
