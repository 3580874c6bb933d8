/** An error as RFC 9457 has it, as far as it is read here. */
interface Problem {
  detail: string;
  errors: { field: string; message: string }[];
}

/** The server said no, or nothing at all: then `status` is 0. `message` is for the person at the screen. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    message: string,
    readonly status: number,
    readonly retryAfterMs: number | null = null,
    /** What is wrong with which field of what was sent, where the answer says so. */
    readonly fields: ReadonlyMap<string, string> = new Map(),
  ) {
    super(message);
  }

  /** The token or key is not, or no longer, accepted. */
  get isRefusedAccess(): boolean {
    return this.status === 401 || this.status === 403;
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
  const response = await fetch(path, prepare(call)).catch((error: unknown) => {
    if (call.signal?.aborted) throw error;
    throw new ApiError("The server can't be reached. Check your network connection.", 0);
  });
  if (response.ok || response.status === 304) return response;
  throw await refusal(response);
}

/** The body of the answer. */
export async function callFor<T>(path: string, call: Call = {}): Promise<T> {
  return read<T>(await request(path, call));
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
  const limit = AbortSignal.timeout(longestMs);
  return {
    method,
    headers,
    keepalive,
    // The browser's own cache would answer 200 where the server said 304.
    cache: "no-store",
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

async function refusal(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const detail = problem?.detail;
  const message = typeof detail === "string" ? sentence(detail) : `The server answered ${response.status}.`;
  const seconds = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  const errors = Array.isArray(problem?.errors) ? problem.errors : [];
  const fields = new Map(errors.map(({ field, message }) => [field, sentence(message)]));
  return new ApiError(message, response.status, retryAfterMs, fields);
}

function sentence(detail: string): string {
  const end = /[.!?]$/.test(detail) ? "" : ".";
  return detail.charAt(0).toUpperCase() + detail.slice(1) + end;
}
