import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, callFor, request } from "./client";

const PROBLEM = { type: "about:blank", title: "Forbidden", status: 403, detail: "the token is not accepted" };

function answerWith(body: string, status: number, type: string, headers: Record<string, string> = {}): void {
  const answer = async () => new Response(body, { status, headers: { "Content-Type": type, ...headers } });
  vi.stubGlobal("fetch", answer);
}

async function failure(call: Promise<unknown>): Promise<ApiError> {
  return call.then(
    () => expect.unreachable(),
    (error) => error,
  );
}

afterEach(() => vi.unstubAllGlobals());

describe("a refusal", () => {
  it("is believed when it is the gateway's own", async () => {
    answerWith(JSON.stringify(PROBLEM), 403, "application/problem+json");
    expect(await failure(request("/"))).toMatchObject({
      isRefusedAccess: true,
      message: "The token is not accepted.",
    });
  });

  it.each([
    ["urn:proctor:review-conflict", true],
    ["urn:proctor:meeting-closed", false],
  ])("of 409 is told apart by its type: %s", async (type, isReviewConflict) => {
    answerWith(JSON.stringify({ ...PROBLEM, type, status: 409 }), 409, "application/problem+json");
    expect(await failure(request("/"))).toMatchObject({ status: 409, isReviewConflict });
  });

  it.each([
    ["<h1>Attention required</h1>", "text/html"],
    [JSON.stringify({ error: "blocked" }), "application/json"],
    [JSON.stringify({ error: "blocked" }), "application/problem+json"],
  ])("is trouble with the connection when something in between made it: %s", async (body, type) => {
    for (const status of [401, 403, 404, 407, 413, 429]) {
      answerWith(body, status, type, { "Retry-After": "7" });
      const error = await failure(request("/"));
      expect(error).toMatchObject({ isRefusedAccess: false, isOutage: true, status: 0, retryAfterMs: 7_000 });
    }
  });
});

describe("an answer", () => {
  it.each(["{}", "null", "[]", "<html>Sign in</html>"])("of another kind is no answer: %s", async (body) => {
    answerWith(body, 200, "application/json");
    expect(await failure(callFor<{ job_id: string }>("/", {}, "job_id"))).toMatchObject({ isOutage: true });
  });

  it("may be waited for by an older browser", async () => {
    vi.stubGlobal("AbortSignal", class {});
    answerWith("{}", 200, "application/json");
    const leaving = new AbortController();
    expect((await request("/", { signal: leaving.signal })).status).toBe(200);
  });

  it("is no longer waited for when the page is left, or after the time allowed", async () => {
    const hang = (_: string, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))),
      );
    vi.stubGlobal("fetch", hang);
    const leaving = new AbortController();
    const left = request("/", { signal: leaving.signal });
    leaving.abort();
    await expect(left).rejects.toThrow(DOMException);
    expect(await failure(request("/", { longestMs: 5 }))).toBeInstanceOf(ApiError);
  });
});
