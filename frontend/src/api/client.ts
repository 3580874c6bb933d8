import { basePath } from "../basePath";
import { isRecord, isString } from "../ui/typeGuards";
import type { Problem } from "./types";

const REVIEW_CONFLICT = "urn:proctor:review-conflict";

/** The server said no, or nothing at all: then `status` is 0. `message` is for the person at the screen. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    message: string,
    readonly status: number,
    readonly retryAfterMs: number | null = null,
    /** What is wrong with which field of what was sent, where the answer says so. */
    readonly fields: ReadonlyMap<string, string> = new Map(),
    /** What kind of error it is, as in docs/errors.md. */
    readonly type = "about:blank",
  ) {
    super(message);
  }

  /** The token or key is not, or no longer, accepted. */
  get isRefusedAccess(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** Somebody else has decided about the flag since it was read. */
  get isReviewConflict(): boolean {
    return this.type === REVIEW_CONFLICT;
  }

  get isBusy(): boolean {
    return this.status === 429 || this.status === 503;
  }

  /** No answer, or one from a proxy in front of a server that gives none. */
  get isOutage(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  /** Sent as `Authorization: Bearer …`. */
  bearer?: string | undefined;
  ifNoneMatch?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
  /** How long to wait for the whole of the answer. */
  longestMs?: number;
}

const LONGEST_MS = 30_000;
/** Pictures have to come out of their store first, and then over a slow line. */
const LONGEST_FILE_MS = 300_000;

/** The answer, also 304; throws ApiError, or the abort's own error when `signal` was aborted. */
export async function request(path: string, call: Call = {}): Promise<Response> {
  const response = await fetch(basePath + path, prepare(call)).catch((error: unknown) => {
    if (call.signal?.aborted) throw error;
    throw new ApiError("The server can't be reached. Check your network connection.", 0);
  });
  if (response.ok || response.status === 304) return response;
  throw await refusal(response);
}

/** The body of the answer, which must have `required`: a network's sign-in page may be JSON as well. */
export async function callFor<T>(path: string, call: Call = {}, required?: keyof T): Promise<T> {
  const body = await read<T>(await request(path, call));
  if (required && !(isRecord(body) && required in body)) return brokenOff();
  return body;
}

/** The body of the answer, to be saved. */
export async function callForFile(path: string, call: Call = {}): Promise<Blob> {
  const response = await request(path, { longestMs: LONGEST_FILE_MS, ...call });
  return response.blob().catch(brokenOff);
}

/** A body together with its ETag, by which to ask whether it has changed. */
export interface Tagged<T> {
  body: T;
  etag: string | undefined;
}

/** As `callFor`; null when nothing has changed since `call.ifNoneMatch`. */
export async function callIfChanged<T>(path: string, call: Call): Promise<Tagged<T> | null> {
  const response = await request(path, call);
  if (response.status === 304) return null;
  return { body: await read<T>(response), etag: response.headers.get("ETag") ?? undefined };
}

async function read<T>(response: Response): Promise<T> {
  return (await response.json().catch(brokenOff)) as T;
}

/** Half-way, or it is a sign-in page of some network in between: as good as no answer. */
function brokenOff(): never {
  throw new ApiError("The server's answer could not be read. Check your network connection.", 0);
}

function prepare({
  method = "GET",
  body,
  bearer,
  ifNoneMatch,
  signal,
  keepalive = false,
  longestMs = LONGEST_MS,
}: Call): RequestInit {
  const headers = new Headers();
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (bearer) headers.set("Authorization", `Bearer ${bearer}`);
  if (ifNoneMatch) headers.set("If-None-Match", ifNoneMatch);
  return {
    method,
    headers,
    keepalive,
    // The browser's own cache would answer 200 where the server said 304.
    cache: "no-store",
    signal: limited(signal, longestMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

/** Aborted with `signal`, or after so long. By hand: Safari can combine signals only since 17.4. */
function limited(signal: AbortSignal | undefined, longestMs: number): AbortSignal {
  const limit = new AbortController();
  const abort = () => limit.abort(signal?.reason);
  setTimeout(abort, longestMs);
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { signal: limit.signal });
  return limit.signal;
}

/** Only the gateway's own answer is believed: a firewall's page with 403 says nothing about the token. */
async function refusal(response: Response): Promise<ApiError> {
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
  if (!isRecord(problem) || !isString(problem.detail)) return null;
  return problem as unknown as Problem;
}

function sentence(detail: string): string {
  const end = /[.!?]$/.test(detail) ? "" : ".";
  return detail.charAt(0).toUpperCase() + detail.slice(1) + end;
}
