import { expect, it } from "vitest";
import type { Flag, Incident, Review } from "../../api/types";
import { nextOpen, withReviews } from "./incidents";

const FLAG: Flag = {
  id: 1,
  job_id: "",
  ts: "2026-11-02T09:00:00Z",
  meeting_id: "",
  participant_id: "ada",
  participant_name: "Ada",
  kind: "multiple_faces",
  faces: 2,
  img_url: null,
  thumbnail_url: null,
  evidence: "deleted",
  verdict: "multiple_faces",
  review: "open",
  incident_id: 1,
  findings: {
    engine: "none",
    version: "1",
    thresholds: {},
    width: 640,
    height: 480,
    brightness: 0.5,
    faces: [],
    decode_ms: 1,
    detect_ms: 1,
  },
};

function incident(id: number, review: Review, reviewed_at: string | null = null): Incident {
  const { meeting_id, participant_id, participant_name, kind, ts } = FLAG;
  const of = { meeting_id, participant_id, participant_name, kind, started_at: ts, ended_at: ts, flags: 1 };
  return { ...of, id, review, reason: null, reviewer: null, reviewed_at, strongest: FLAG };
}

const EARLIER = "2026-11-02T09:00:00.5Z";
const LATER = "2026-11-02T09:00:01Z";

it("adds what others have decided since", () => {
  const decided = {
    id: 2,
    review: "dismissed",
    reason: "A poster",
    reviewer: "Grace",
    reviewed_at: EARLIER,
  } as const;

  const [first, second] = withReviews([incident(1, "open"), incident(2, "open")], { reviewed: [decided] });

  expect(first?.review).toBe("open");
  expect([second?.review, second?.reviewer, second?.reason]).toEqual(["dismissed", "Grace", "A poster"]);
});

it("does not undo a later decision with an earlier answer", () => {
  const undone = { id: 1, review: "open", reason: null, reviewer: null, reviewed_at: EARLIER } as const;

  expect(withReviews([incident(1, "confirmed", LATER)], { reviewed: [undone] })[0]?.review).toBe("confirmed");
});

it.each([
  [0, ["open", "open", "open"], 1],
  [0, ["open", "dismissed", "open"], 2],
  [2, ["open", "dismissed", "open"], 0],
  [1, ["confirmed", "open", "dismissed"], -1],
  [-1, ["confirmed", "open"], 1],
] as const)("finds the next after %i in %j", (index, states, next) => {
  const incidents = states.map((review) => ({ review }));
  expect(nextOpen(incidents, index)).toBe(next);
});
