import { lazy, Suspense, useState } from "react";
import { useLocation } from "wouter";
import { HOME } from "../basePath";
import { Candidate } from "../candidate/Candidate";
import { errorMessage } from "../ui/errorMessage";
import { Failure } from "../ui/Failure";
import { LoadingPage } from "../ui/LoadingPage";
import { loadFile } from "../ui/loadFile";
import { NotFoundPage } from "../ui/NotFoundPage";
import { Page } from "../ui/Page";
import { findKey, forgetMeeting, keepMeeting } from "./adminKeys";
import { KeyForm } from "./KeyForm";
import { AS_CANDIDATE, AS_INVIGILATOR } from "./links";
import { isMissing, useMeeting } from "./useMeeting";

// In a chunk that candidates do not load.
const Admin = lazy(() => loadFile(() => import("../admin/Admin")));

type View = { name: "candidate" } | { name: "key"; refused: boolean } | { name: "admin"; key: string };

function firstView(meetingId: string, isStaffPath: boolean): View {
  const key = location.search === AS_CANDIDATE ? null : findKey(meetingId);
  if (key) return { name: "admin", key };
  const needsKey = isStaffPath || location.hash === AS_INVIGILATOR;
  return needsKey ? { name: "key", refused: false } : { name: "candidate" };
}

/** The candidate's page, or the invigilator's when this browser holds the meeting's key. */
export function MeetingPage({ meetingId }: { meetingId: string }) {
  const { meeting, error } = useMeeting(meetingId);
  const [path, navigate] = useLocation();
  const [view, setView] = useState(() => firstView(meetingId, path !== "/"));

  if (isMissing(error)) return <NotFoundPage title="There is no such exam" />;
  if (error) {
    return (
      <Page title="Exam">
        <h1>Exam</h1>
        <Failure message={`${errorMessage(error)} Trying again.`} />
      </Page>
    );
  }
  if (!meeting) return <LoadingPage title="Exam" />;

  switch (view.name) {
    case "candidate":
      return <Candidate meeting={meeting} onInvigilate={() => setView({ name: "key", refused: false })} />;
    case "key":
      return (
        <KeyForm
          meeting={meeting}
          refused={view.refused}
          onKey={(key) => {
            keepMeeting({ id: meeting.id, title: meeting.title, createdAt: meeting.created_at, key });
            setView({ name: "admin", key });
          }}
          onCancel={() => {
            navigate("/", { replace: true });
            setView({ name: "candidate" });
          }}
        />
      );
    case "admin":
      return (
        <Suspense fallback={<LoadingPage title="Exam" />}>
          <Admin
            meeting={meeting}
            adminKey={view.key}
            onRefused={() => setView({ name: "key", refused: true })}
            onForget={() => {
              forgetMeeting(meeting.id);
              location.assign(HOME);
            }}
          />
        </Suspense>
      );
  }
}
