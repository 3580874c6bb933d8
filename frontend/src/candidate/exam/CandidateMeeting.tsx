import { useCallback, useMemo } from "react";
import { renewVideoToken } from "../../api/gateway";
import { MeetingFrame } from "../../vendor/MeetingFrame";
import type { CameraUse } from "../camera/useCamera";
import type { Session } from "../session";
import { CONCERN_TEXT, type ConcernKind } from "./concerns";

interface Props {
  session: Session;
  use: CameraUse;
  concern: ConcernKind | null;
}

/** The vendor's meeting on the candidate's page, which shares its camera. */
export function CandidateMeeting({ session: { meetingId, token }, use, concern }: Props) {
  const { camera, isOn, reopen, turnOff } = use;
  const getToken = useCallback(() => renewVideoToken(meetingId, token), [meetingId, token]);
  const shared = useMemo(
    () => ({ camera: isOn ? camera : null, turnOn: reopen, turnOff }),
    [camera, isOn, reopen, turnOff],
  );
  return (
    <MeetingFrame
      getToken={getToken}
      camera={shared}
      warning={concern ? CONCERN_TEXT[concern].title : null}
    />
  );
}
