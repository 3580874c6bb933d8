import type { ExamSettings } from "../api/types";

/** As typed; empty for none. */
export interface ExamInput {
  examUrl: string;
  /** Date and time in this computer's zone, as an input of type `datetime-local` has them. */
  endsAt: string;
}

export const NO_EXAM: ExamInput = { examUrl: "", endsAt: "" };

export function toSettings({ examUrl, endsAt }: ExamInput): ExamSettings {
  return { exam_url: examUrl.trim() || null, ends_at: endsAt ? new Date(endsAt).toISOString() : null };
}

const MINUTE_MS = 60_000;

export function toInput({ exam_url, ends_at }: ExamSettings): ExamInput {
  if (!ends_at) return { examUrl: exam_url ?? "", endsAt: "" };
  const end = new Date(ends_at);
  const local = new Date(end.getTime() - end.getTimezoneOffset() * MINUTE_MS);
  return { examUrl: exam_url ?? "", endsAt: local.toISOString().slice(0, "2026-11-27T12:00".length) };
}
