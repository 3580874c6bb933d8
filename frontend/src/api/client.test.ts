import { afterEach, describe, expect, it, vi } from "vitest";
import { type ApiError, api, bodyOf, fetchWithin } from "./client";

const PROBLEM = { type: "about:blank", title: "Forbidden", status: 403, detail: "the token is not accepted" };

function answerWith(body: string | null, status: number, type: string, headers = {}): void {
  const answer = async () => new Response(body, { status, headers: { "Content-Type": type, ...headers } });
  vi.stubGlobal("fetch", answer);
}

// Node knows no address that a path could be relative to.
const get = (options = {}) =>
  api.GET("/jobs/{job_id}", {
    baseUrl: "http://gateway",
    params: { path: { job_id: "1" } },
    ...options,
  });

async function failure(call: Promise<unknown>): Promise<ApiError> {
  return call.then(
    () => expect.unreachable(),
    (error) => error,
  );
}

afterEach(() => vi.unstubAllGlobals());

describe("a refusal", () => {
  it("counts when it is the gateway's own", async () => {
    answerWith(JSON.stringify(PROBLEM), 403, "application/problem+json");
    expect(await failure(get())).toMatchObject({
      isRefusedAccess: true,
      message: "The token is not accepted.",
    });
  });

  it("names the fields that are wrong", async () => {
    const errors = [{ field: "title", message: "must not be blank" }];
    answerWith(JSON.stringify({ ...PROBLEM, status: 422, errors }), 422, "application/problem+json");
    expect((await failure(get())).fields).toEqual(new Map([["title", "Must not be blank."]]));
  });

  it.each([
    ["urn:proctor:review-conflict", true],
    ["urn:proctor:meeting-closed", false],
  ])("with 409 is a review conflict by its type only: %s", async (type, isReviewConflict) => {
    answerWith(JSON.stringify({ ...PROBLEM, type, status: 409 }), 409, "application/problem+json");
    expect(await failure(get())).toMatchObject({ status: 409, isReviewConflict });
  });

  it.each([
    ["<h1>Attention required</h1>", "text/html"],
    [JSON.stringify({ error: "blocked" }), "application/json"],
    [JSON.stringify({ error: "blocked" }), "application/problem+json"],
  ])("of a proxy counts as an outage: %s", async (body, type) => {
    for (const status of [401, 403, 404, 407, 413, 429]) {
      answerWith(body, status, type, { "Retry-After": "7" });
      const error = await failure(get());
      expect(error).toMatchObject({ isRefusedAccess: false, isOutage: true, status: 0, retryAfterMs: 7_000 });
    }
  });
});

describe("an answer", () => {
  it.each(["{}", "null", "[]", "", "<html>Sign in</html>"])(
    "that is not the gateway's is an outage: %s",
    async (body) => {
      answerWith(body, 200, "application/json");
      expect(await failure(bodyOf(get(), "status"))).toMatchObject({ isOutage: true });
    },
  );

  it("may be 304 without a body", async () => {
    answerWith(null, 304, "application/json");
    expect((await get()).response.status).toBe(304);
  });

  it("can be aborted in older browsers", async () => {
    vi.stubGlobal("AbortSignal", class {});
    answerWith("{}", 200, "application/json");
    const controller = new AbortController();
    expect((await get({ signal: controller.signal })).response.status).toBe(200);
  });
});

describe("a request", () => {
  const hang = (_: Request, { signal }: { signal: AbortSignal }) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))),
    );

  it("rejects with the caller's abort", async () => {
    vi.stubGlobal("fetch", hang);
    const controller = new AbortController();
    const aborted = get({ signal: controller.signal });
    controller.abort();
    await expect(aborted).rejects.toThrow(DOMException);
  });

  it("is an outage after the timeout", async () => {
    vi.stubGlobal("fetch", hang);
    expect(await failure(get({ fetch: fetchWithin(5) }))).toMatchObject({ isOutage: true });
  });
});
