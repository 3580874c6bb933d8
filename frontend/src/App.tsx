import { Route, Router, Switch } from "wouter";
import { basePath } from "./basePath";
import { Home } from "./home/Home";
import { MeetingPage } from "./meeting/MeetingPage";
import { NotFoundPage } from "./ui/NotFoundPage";

/** `api/pages.py` and `nginx.conf` serve the same paths. Those of a meeting's staff are in `admin/Admin.tsx`. */
export function App() {
  return (
    <Router base={basePath}>
      <Switch>
        <Route path="/">
          <Home />
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
