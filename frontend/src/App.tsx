import { basePath } from "./basePath";
import { Home } from "./home/Home";
import { MeetingPage } from "./meeting/MeetingPage";
import { LostPage } from "./ui/LostPage";

const MEETING = /^\/meeting\/([\w-]+)\/?$/;

/** Two addresses, reached by plain links: a router would have nothing to do. */
export function App() {
  const pathname = location.pathname.slice(basePath.length) || "/";
  const meetingId = MEETING.exec(pathname)?.[1];
  if (meetingId) return <MeetingPage meetingId={meetingId} />;
  return pathname === "/" ? <Home /> : <LostPage title="There is no such page" />;
}
