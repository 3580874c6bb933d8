import { basePath } from "./basePath";
import { Home } from "./home/Home";
import { MeetingPage } from "./meeting/MeetingPage";
import { NotFoundPage } from "./ui/NotFoundPage";

const MEETING = /^\/meeting\/([\w-]+)\/?$/;

/** Two addresses, reached by plain links: a router would have nothing to do. */
export function App() {
  const pathname = location.pathname.slice(basePath.length) || "/";
  const meetingId = MEETING.exec(pathname)?.[1];
  if (meetingId) return <MeetingPage meetingId={meetingId} />;
  return pathname === "/" ? <Home /> : <NotFoundPage title="There is no such page" />;
}
