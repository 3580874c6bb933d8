import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../../api/client";
import type { AcceptedFrame, Job } from "../../api/types";
import { CameraOff } from "../camera/Camera";
import { FrameLoop, type LoopState, startingFrom, type World } from "./FrameLoop";

const INTERVAL = 5_000;
const ANSWER = 400;
const NEW = { judged: 0, episodes: [] };

/** Time passes in it only by the loop's own doing: `answers` says what each job turns out to be, in order. */
class TestWorld implements World {
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
const NO_FACE: Partial<Job> = { faces: 0 };
const TWO_FACES: Partial<Job> = { faces: 2, flags: ["multiple_faces"], verdict: "multiple_faces" };
const RUNNING: Partial<Job> = { status: "running", faces: null, verdict: null };
const OFFLINE = new ApiError("The server can't be reached.", 0);

/** Runs the loop until it has slept so often; returns every state it went through. */
async function run(world: TestWorld, sleeps: number, pace = 1): Promise<LoopState[]> {
  const states: LoopState[] = [];
  const leaving = new AbortController();
  const loop = new FrameLoop(world, startingFrom(NEW, 0), (state) => states.push(state), pace);
  const sleep = world.sleep.bind(world);
  world.sleep = async (milliseconds) => {
    await sleep(milliseconds);
    if (world.sleeps.length === sleeps) leaving.abort();
  };
  await loop.run(leaving.signal);
  return states;
}

const last = (states: LoopState[]): LoopState => states.at(-1) as LoopState;

describe("the rhythm", () => {
  it("sends at the interval the server asks for, counted from picture to picture", async () => {
    const world = new TestWorld([]);
    await run(world, 3);
    expect(world.sent.map((at) => at - 1_000_000)).toEqual([0, INTERVAL, 2 * INTERVAL]);
  });

  it("sends the next frame sooner when a verdict leaves a doubt, and no later", async () => {
    const world = new TestWorld([{ next_frame_in_ms: 1_000 }, { next_frame_in_ms: 60_000 }]);
    await run(world, 3);
    expect(world.sent.map((at) => at - 1_000_000)).toEqual([0, 1_000, 1_000 + INTERVAL]);
  });

  it("sends more often while setting up", async () => {
    const world = new TestWorld([]);
    await run(world, 2, 0.4);
    expect(world.sent.map((at) => at - 1_000_000)).toEqual([0, 0.4 * INTERVAL]);
  });

  it("sends no second frame before the first is judged, however long that takes", async () => {
    const world = new TestWorld(Array.from({ length: 20 }, () => RUNNING));
    await run(world, 20);
    expect(world.sent).toHaveLength(1);
    expect(new Set(world.followed)).toEqual(new Set(["job 1"]));
  });

  it("follows up the open frame after a loss of the network, and takes no other meanwhile", async () => {
    const world = new TestWorld([OFFLINE, OFFLINE, ONE_FACE]);
    const states = await run(world, 3);
    expect(world.sent).toHaveLength(1);
    expect(last(states)).toMatchObject({ condition: "judged", judged: 1 });
  });
});

describe("trouble", () => {
  it("waits longer from failure to failure, up to a limit", async () => {
    const world = new TestWorld([]);
    world.refusals = Array.from({ length: 8 }, () => OFFLINE);
    const states = await run(world, 8);
    expect(world.sleeps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000]);
    expect(last(states).condition).toBe("lost");
  });

  it("is patient from the start again once it was heard", async () => {
    const world = new TestWorld([]);
    world.refusals = [OFFLINE, OFFLINE];
    await run(world, 3);
    world.refusals = [OFFLINE];
    world.sleeps = [];
    await run(world, 1);
    expect(world.sleeps).toEqual([1_000]);
  });

  it.each([429, 503])(
    "takes %i as a server that is busy, and waits at least as long as it asks",
    async (status) => {
      const world = new TestWorld([]);
      world.refusals = [new ApiError("busy", status, 7_000)];
      const states = await run(world, 1);
      expect(last(states).condition).toBe("busy");
      expect(world.sleeps[0]).toBeGreaterThanOrEqual(7_000);
    },
  );

  it("stops when the token is no longer accepted", async () => {
    const world = new TestWorld([]);
    world.refusals = [new ApiError("the token has expired", 401)];
    const states = await run(world, 9);
    expect(last(states).condition).toBe("expired");
    expect(world.sent).toHaveLength(0);
  });

  it("does not end by a fault of its own, nor call that good", async () => {
    const world = new TestWorld([new TypeError("a bug")]);
    const complain = vi.spyOn(console, "error").mockReturnValue();
    expect(last(await run(world, 1)).condition).toBe("unjudged");
    expect(complain).toHaveBeenCalledOnce();
    world.sleeps = [];
    expect(last(await run(world, 1)).condition).toBe("judged");
  });

  it("says that the camera is off, and goes on when it is back", async () => {
    const world = new TestWorld([]);
    world.cameraOff = true;
    expect(last(await run(world, 2)).condition).toBe("camera_off");
    world.cameraOff = false;
    world.sleeps = [];
    expect(last(await run(world, 1)).condition).toBe("judged");
  });

  it("goes on with the next frame when the server has forgotten one, or could not judge it", async () => {
    const world = new TestWorld([new ApiError("there is no such job", 404), { status: "failed" }, ONE_FACE]);
    const states = await run(world, 3);
    expect(states.map(({ condition }) => condition)).toContain("unjudged");
    expect(world.sent).toHaveLength(3);
    expect(last(states)).toMatchObject({ condition: "judged", judged: 1 });
  });
});

describe("what the candidate is told", () => {
  it("warns at the first frame with two people, and no longer once the picture is good", async () => {
    const states = await run(new TestWorld([TWO_FACES, TWO_FACES, ONE_FACE]), 3);
    const judged = states.filter(({ condition, last: seen }) => condition === "judged" && seen);
    expect(judged[0]?.concern).toBe("multiple_faces");
    expect(last(states).concern).toBeNull();
    expect(last(states).episodes).toEqual([{ kind: "multiple_faces", from: 1_000_000, until: 1_010_000 }]);
  });

  it("never rests a word about a missing face on a single frame", async () => {
    expect(last(await run(new TestWorld([NO_FACE, ONE_FACE, NO_FACE]), 3)).episodes).toEqual([]);
    expect(last(await run(new TestWorld([NO_FACE, NO_FACE]), 2)).concern).toBe("no_face");
  });

  it("keeps the history over a reload", () => {
    const before = { judged: 7, episodes: [{ kind: "no_face" as const, from: 1, until: null }] };
    expect(startingFrom(before, 9)).toMatchObject({
      judged: 7,
      concern: null,
      episodes: [{ kind: "no_face", from: 1, until: 9 }],
    });
  });
});
