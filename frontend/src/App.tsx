import { basePath } from "./basePath";
import { Home } from "./home/Home";
import { MeetingPage } from "./meeting/MeetingPage";
import { NotFoundPage } from "./ui/NotFoundPage";

const MEETING = /^\/meeting\/([\w-]+)\/?$/;

/** There are only two paths, reached by plain links, so no router is needed. */
export function App() {
  const pathname = location.pathname.slice(basePath.length) || "/";
  const meetingId = MEETING.exec(pathname)?.[1];
  if (meetingId) return <MeetingPage meetingId={meetingId} />;
  return pathname === "/" ? <Home /> : <NotFoundPage title="There is no such page" />;
}
