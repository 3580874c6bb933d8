import createClient from "openapi-fetch";
import { basePath } from "../basePath";
import { isRecord, isString } from "../ui/typeGuards";
import type { components, paths } from "./schema";

type Problem = components["schemas"]["Problem"];

const REVIEW_CONFLICT = "urn:proctor:review-conflict";

/** The server refused, or did not answer: then `status` is 0. `message` is for the person at the screen. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    message: string,
    readonly status: number,
    readonly retryAfterMs: number | null = null,
    /** What is wrong with which field of the request, if the answer says so. */
    readonly fields: ReadonlyMap<string, string> = new Map(),
    /** The problem's `type`; docs/errors.md lists them. */
    readonly type = "about:blank",
  ) {
    super(message);
  }

  /** The token or key is not accepted. */
  get isRefusedAccess(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** Another invigilator has reviewed the flag since it was read. */
  get isReviewConflict(): boolean {
    return this.type === REVIEW_CONFLICT;
  }

  get isBusy(): boolean {
    return this.status === 429 || this.status === 503;
  }

  /** No answer, or a proxy's answer for a server that gives none. */
  get isOutage(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

const UNREACHABLE = "The server can't be reached. Check your network connection.";
const UNREADABLE = "The server's answer could not be read. Check your network connection.";

const TIMEOUT_MS = 30_000;
/** The gateway first reads pictures from their store; the network may be slow, too. */
const FILE_TIMEOUT_MS = 300_000;

/** The gateway's calls. They throw ApiError, or the abort's own error when their `signal` was aborted. */
export const api = createClient<paths>({
  baseUrl: basePath,
  // The browser's cache would answer 200 where the server says 304.
  cache: "no-store",
  fetch: fetchWithin(TIMEOUT_MS),
});

/** Options of a call that downloads a file. */
export const AS_FILE = { parseAs: "blob", fetch: fetchWithin(FILE_TIMEOUT_MS) } as const;

/** The path parameters of a call about a meeting. */
export const inMeeting = (meetingId: string) => ({ path: { meeting_id: meetingId } });

export function bearer(credentials: string): { Authorization: string } {
  return { Authorization: `Bearer ${credentials}` };
}

/** Return an answer with its headers and, unless it is 304, its body. */
export function answerOf<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw error instanceof SyntaxError ? new ApiError(UNREADABLE, 0) : error;
  });
}

/** Return the body of an answer. `required` is a field it must have: a network's sign-in page may be JSON as well. */
export async function bodyOf<T>(call: Promise<{ data?: T }>, required?: keyof T): Promise<T> {
  const { data } = await answerOf(call);
  if (data === undefined || (required && !(isRecord(data) && required in data))) {
    throw new ApiError(UNREADABLE, 0);
  }
  return data;
}

/** Return a `fetch` that reads the whole answer within a time limit and throws ApiError for errors. */
export function fetchWithin(timeoutMs: number): (request: Request) => Promise<Response> {
  return async (request) => {
    const failWith = (message: string) => (error: unknown) => {
      throw request.signal.aborted ? error : new ApiError(message, 0);
    };
    const signal = limited(request.signal, timeoutMs);
    const response = await fetch(request, { signal }).catch(failWith(UNREACHABLE));
    if (!response.ok && response.status !== 304) throw await toApiError(response);
    const content = await response.blob().catch(failWith(UNREADABLE));
    return new Response(content.size > 0 ? content : null, response);
  };
}

/** Aborted with `signal`, or after the timeout. By hand: Safari can combine signals only since 17.4. */
function limited(signal: AbortSignal, timeoutMs: number): AbortSignal {
  const limit = new AbortController();
  const abort = () => limit.abort(signal.reason);
  setTimeout(abort, timeoutMs);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { signal: limit.signal });
  return limit.signal;
}

/** Only the gateway's own problem counts: a firewall's page with 403 says nothing about the token. */
async function toApiError(response: Response): Promise<ApiError> {
  const seconds = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  const problem = await readProblem(response);
  if (!problem) {
    const message = `Something between this page and the server answered with error ${response.status}. Check your network connection.`;
    return new ApiError(message, 0, retryAfterMs);
  }
  const { type, detail, errors = [] } = problem;
  const fields = new Map(errors.map(({ field, message }) => [field, sentence(message)]));
  return new ApiError(sentence(detail), response.status, retryAfterMs, fields, type);
}

async function readProblem(response: Response): Promise<Problem | null> {
  if (!response.headers.get("Content-Type")?.startsWith("application/problem+json")) return null;
  const problem: unknown = await response.json().catch(() => null);
  return isProblem(problem) ? problem : null;
}

function isProblem(body: unknown): body is Problem {
  return isRecord(body) && isString(body.detail);
}

function sentence(detail: string): string {
  const end = /[.!?]$/.test(detail) ? "" : ".";
  return detail.charAt(0).toUpperCase() + detail.slice(1) + end;
}
