// The gateway's words. Temporary by hand until the endpoints are there.
export type JobStatus = "queued" | "running" | "done" | "failed" | "expired";
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}
export interface Face {
  box: Box;
  score: number;
}
export interface Findings {
  engine: string;
  version: string;
  width: number;
  height: number;
  brightness?: number | null;
  faces: Face[];
  milliseconds: number;
}
export interface Job {
  job_id: string;
  status: JobStatus;
  multiple_detected: boolean | null;
  faces: number | null;
  flags: string[];
  verdict: string | null;
  error?: string | null;
  findings?: Findings | null;
}
export interface AcceptedFrame {
  job_id: string;
  next_frame_in_ms: number;
}
export interface Meeting {
  id: string;
  title: string;
  created_at: string;
  frame_interval_ms: number;
  evidence_retention_days: number;
  evidence_store: "local" | "s3" | "imgur";
}
export interface CreatedMeeting {
  data: { id: string; title: string; created_at: string };
  admin_id: string;
}
export interface JoinedParticipant {
  participant_id: string;
  token: string;
  frame_interval_ms: number;
}
export type Review = "open" | "confirmed" | "dismissed";
export interface Flag {
  id: number;
  ts: string;
  participant_id: string;
  participant_name: string;
  kind: string;
  faces: number;
  img_url: string | null;
  evidence: "pending" | "stored" | "deleted";
  findings: Findings;
  review: Review;
}
export interface FlagPage {
  flags: Flag[];
  next: string | null;
}
export type PersonState = "flagged" | "dark" | "stale" | "offline" | "left" | "verified";
export interface Person {
  participant_id: string;
  name: string;
  joined_at: string;
  state: PersonState;
  last_frame_at: string | null;
  last_verified_at: string | null;
  last_verdict: string | null;
  faces: number | null;
  flags: number;
  thumbnail_url: string | null;
  coverage: string;
}
export interface Freshness {
  now: string;
  last_verdict_at: string | null;
  waiting: number;
  oldest_waiting_seconds: number | null;
  keeping_up: boolean;
}
export interface People {
  people: Person[];
  freshness: Freshness;
}
