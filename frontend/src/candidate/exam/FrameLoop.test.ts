import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../../api/client";
import type { AcceptedFrame, Job, ReportedInterruption } from "../../api/types";
import { CameraOff } from "../camera/Camera";
import { type Environment, FrameLoop, initialState, type LoopState } from "./FrameLoop";
import { Interruptions } from "./Interruptions";

const INTERVAL = 5_000;
const ANSWER = 400;
const NEW = { judged: 0, episodes: [] };

/** Its clock advances only when the loop sleeps or waits. `answers` are the jobs' results, in order. */
class TestEnvironment implements Environment {
  clock = 1_000_000;
  sent: number[] = [];
  followed: string[] = [];
  sleeps: number[] = [];
  cameraOff = false;
  refusals: ApiError[] = [];

  constructor(readonly answers: (Partial<Job> | Error)[]) {}

  now = () => this.clock;
  random = () => 1;

  capture(): string {
    if (this.cameraOff) throw new CameraOff();
    return "data:image/jpeg;base64,AAAA";
  }

  async send(): Promise<AcceptedFrame> {
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    this.sent.push(this.clock);
    return { job_id: `job ${this.sent.length}`, next_frame_in_ms: INTERVAL } as AcceptedFrame;
  }

  async follow(jobId: string): Promise<Job> {
    this.followed.push(jobId);
    this.clock += ANSWER;
    const answer = this.answers.shift() ?? ONE_FACE;
    if (answer instanceof Error) throw answer;
    return { ...ONE_FACE, ...answer };
  }

  async sleep(milliseconds: number): Promise<void> {
    this.sleeps.push(milliseconds);
    this.clock += milliseconds;
  }
}

const ONE_FACE = { status: "done", faces: 1, flags: [], verdict: "ok" } as unknown as Job;
const NO_FACE: Partial<Job> = { faces: 0, picture: "good" };
const TWO_FACES: Partial<Job> = { faces: 2, flags: ["multiple_faces"], verdict: "multiple_faces" };
const RUNNING: Partial<Job> = { status: "running", faces: null, verdict: null };
const OFFLINE = new ApiError("The server can't be reached.", 0);

/** Runs the loop until it has slept so often; returns every state it went through. */
async function run(
  environment: TestEnvironment,
  sleeps: number,
  pace = 1,
  onChange = (_state: LoopState): void => undefined,
): Promise<LoopState[]> {
  const states: LoopState[] = [];
  const controller = new AbortController();
  const note = (state: LoopState) => {
    states.push(state);
    onChange(state);
  };
  const loop = new FrameLoop(environment, initialState(NEW, 0), note, pace);
  const sleep = environment.sleep.bind(environment);
  environment.sleep = async (milliseconds) => {
    await sleep(milliseconds);
    if (environment.sleeps.length === sleeps) controller.abort();
  };
  await loop.run(controller.signal);
  return states;
}

const last = (states: LoopState[]): LoopState => states.at(-1) as LoopState;

describe("the interval", () => {
  it("sends at the interval the server asks for, counted from picture to picture", async () => {
    const environment = new TestEnvironment([]);
    await run(environment, 3);
    expect(environment.sent.map((at) => at - 1_000_000)).toEqual([0, INTERVAL, 2 * INTERVAL]);
  });

  it("sends the next frame sooner, never later, after a suspicion", async () => {
    const environment = new TestEnvironment([{ next_frame_in_ms: 1_000 }, { next_frame_in_ms: 60_000 }]);
    await run(environment, 3);
    expect(environment.sent.map((at) => at - 1_000_000)).toEqual([0, 1_000, 1_000 + INTERVAL]);
  });

  it("sends more often in the pre-check", async () => {
    const environment = new TestEnvironment([]);
    await run(environment, 2, 0.4);
    expect(environment.sent.map((at) => at - 1_000_000)).toEqual([0, 0.4 * INTERVAL]);
  });

  it("sends no second frame before the first is judged", async () => {
    const environment = new TestEnvironment(Array.from({ length: 20 }, () => RUNNING));
    await run(environment, 20);
    expect(environment.sent).toHaveLength(1);
    expect(new Set(environment.followed)).toEqual(new Set(["job 1"]));
  });

  it("resumes polling the open frame after a network failure", async () => {
    const environment = new TestEnvironment([OFFLINE, OFFLINE, ONE_FACE]);
    const states = await run(environment, 3);
    expect(environment.sent).toHaveLength(1);
    expect(last(states)).toMatchObject({ condition: "judged", judged: 1 });
  });
});

describe("failures", () => {
  it("backs off after each failure, up to a limit", async () => {
    const environment = new TestEnvironment([]);
    environment.refusals = Array.from({ length: 8 }, () => OFFLINE);
    const states = await run(environment, 8);
    expect(environment.sleeps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000]);
    expect(last(states).condition).toBe("lost");
  });

  it("resets the backoff after a success", async () => {
    const environment = new TestEnvironment([]);
    environment.refusals = [OFFLINE, OFFLINE];
    await run(environment, 3);
    environment.refusals = [OFFLINE];
    environment.sleeps = [];
    await run(environment, 1);
    expect(environment.sleeps).toEqual([1_000]);
  });

  it.each([429, 503])("treats %i as busy and honours Retry-After", async (status) => {
    const environment = new TestEnvironment([]);
    environment.refusals = [new ApiError("busy", status, 7_000)];
    const states = await run(environment, 1);
    expect(last(states).condition).toBe("busy");
    expect(environment.sleeps[0]).toBeGreaterThanOrEqual(7_000);
  });

  it("stops when the token is no longer accepted", async () => {
    const environment = new TestEnvironment([]);
    environment.refusals = [new ApiError("the token has expired", 401)];
    const states = await run(environment, 9);
    expect(last(states).condition).toBe("expired");
    expect(environment.sent).toHaveLength(0);
  });

  it("survives a bug of its own, and does not call it good", async () => {
    const environment = new TestEnvironment([new TypeError("a bug")]);
    const logged = vi.spyOn(console, "error").mockReturnValue();
    expect(last(await run(environment, 1)).condition).toBe("unjudged");
    expect(logged).toHaveBeenCalledOnce();
    environment.sleeps = [];
    expect(last(await run(environment, 1)).condition).toBe("judged");
  });

  it("reports a camera that is off, and resumes when it is on", async () => {
    const environment = new TestEnvironment([]);
    environment.cameraOff = true;
    expect(last(await run(environment, 2)).condition).toBe("camera_off");
    environment.cameraOff = false;
    environment.sleeps = [];
    expect(last(await run(environment, 1)).condition).toBe("judged");
  });

  it("does not call the camera off while its picture waits for the server", async () => {
    const environment = new TestEnvironment([RUNNING]);
    environment.cameraOff = true;
    const capture = environment.capture.bind(environment);
    environment.capture = () => {
      environment.cameraOff = environment.sleeps.length === 0;
      return capture();
    };
    const states = await run(environment, 2);
    expect(states.map(({ condition }) => condition)).toEqual(["camera_off", "waiting", "waiting"]);
  });

  it("continues after a frame that is unknown or failed", async () => {
    const environment = new TestEnvironment([
      new ApiError("there is no such job", 404),
      { status: "failed" },
      ONE_FACE,
    ]);
    const states = await run(environment, 3);
    expect(states.map(({ condition }) => condition)).toContain("unjudged");
    expect(environment.sent).toHaveLength(3);
    expect(last(states)).toMatchObject({ condition: "judged", judged: 1 });
  });
});

describe("interruptions while the server is slow", () => {
  /** Returns what is reported after these answers, and the states. */
  async function reportsAfter(environment: TestEnvironment) {
    const report = vi.fn(async () => undefined);
    const storage = { load: () => null, save: () => undefined };
    const interruptions = new Interruptions({ ...storage, report }, "ada", environment.clock);
    const sleeps = environment.answers.length + environment.refusals.length;
    const states = await run(environment, sleeps, 1, ({ condition }) =>
      interruptions.note(condition, environment.clock),
    );
    return { reports: report.mock.calls, states };
  }
  const TWO_MINUTES = Array.from({ length: 200 }, () => RUNNING);

  it("takes a long wait for a verdict for no closed page", async () => {
    const { reports, states } = await reportsAfter(new TestEnvironment([ONE_FACE, ...TWO_MINUTES, ONE_FACE]));
    expect(last(states).condition).toBe("judged");
    expect(reports).toEqual([]);
  });

  it("ends a lost connection with the server's next answer", async () => {
    const offline = Array.from({ length: 6 }, () => OFFLINE);
    const { reports } = await reportsAfter(new TestEnvironment([...offline, ...TWO_MINUTES, ONE_FACE]));
    const polls = TWO_MINUTES.length * (ANSWER / 1_000 + 0.25);
    const [[[{ type, ended_seconds_ago }]]] = reports as unknown as [[[ReportedInterruption]]];
    expect({ type, ended_seconds_ago }).toEqual({ type: "network", ended_seconds_ago: polls });
  });
});

describe("what the candidate is told", () => {
  it("warns from the first frame with two people until it is good again", async () => {
    const states = await run(new TestEnvironment([TWO_FACES, TWO_FACES, ONE_FACE, ONE_FACE]), 4);
    const judged = states.filter(({ condition, last: seen }) => condition === "judged" && seen);
    expect(judged[0]?.concern).toBe("multiple_faces");
    expect(last(states).concern).toBeNull();
    expect(last(states).episodes).toEqual([{ kind: "multiple_faces", from: 1_000_000, until: 1_015_000 }]);
  });

  it("never warns of a missing face after a single frame", async () => {
    expect(last(await run(new TestEnvironment([NO_FACE, ONE_FACE, NO_FACE]), 3)).episodes).toEqual([]);
    expect(last(await run(new TestEnvironment([NO_FACE, NO_FACE]), 2)).concern).toBe("no_face");
  });

  it("keeps the history over a reload", () => {
    const before = { judged: 7, episodes: [{ kind: "no_face" as const, from: 1, until: null }] };
    expect(initialState(before, 9)).toMatchObject({
      judged: 7,
      concern: null,
      episodes: [{ kind: "no_face", from: 1, until: 9 }],
    });
  });
});
