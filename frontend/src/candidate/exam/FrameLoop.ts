import { backoff } from "../../api/backoff";
import { ApiError } from "../../api/client";
import type { AcceptedFrame, Job } from "../../api/types";
import { CameraOff } from "../camera/Camera";
import { type ConcernKind, concernOf } from "./concerns";
import type { Episode, ExamRecord } from "./record";

/** What the loop needs of the world; the tests bring a world of their own. */
export interface World {
  /** A picture as a data URL; throws CameraOff. */
  capture(): string;
  send(picture: string, signal: AbortSignal): Promise<AcceptedFrame>;
  /** The job once it has ended, or as it is after some seconds. */
  follow(jobId: string, signal: AbortSignal): Promise<Job>;
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  random(): number;
}

/** The link between camera and verdict, as it is now. */
export type Condition = "starting" | "judged" | "unjudged" | "busy" | "lost" | "camera_off" | "expired";

/** A frame that was judged. Times are in milliseconds since 1970. */
export interface Judged {
  job: Job;
  takenAt: number;
  heardAt: number;
}

export interface LoopState extends ExamRecord {
  condition: Condition;
  last: Judged | null;
  concern: ConcernKind | null;
  /** What the server asks for between two frames; null before its first answer. */
  intervalMs: number | null;
}

/** The state before the first frame, also after a reload in the middle of an exam. */
export function startingFrom(record: ExamRecord, now: number): LoopState {
  const episodes = closed(record.episodes, now);
  return {
    condition: "starting",
    last: null,
    judged: record.judged,
    concern: null,
    episodes,
    intervalMs: null,
  };
}

function closed(episodes: readonly Episode[], at: number): readonly Episode[] {
  return episodes.map((episode) => (episode.until === null ? { ...episode, until: at } : episode));
}

interface OpenFrame {
  jobId: string;
  takenAt: number;
  nextInMs: number;
}

const CAMERA_RETRY_MS = 1_000;
// The server holds its answer by itself; this is for one that should not.
const FOLLOW_AGAIN_MS = 250;
const ENDED = new Set(["done", "failed", "expired"]);

/**
 * Takes a picture, sends it, hears its verdict, waits for as long as the server asks, and so on.
 *
 * There is never more than one frame under way: one whose verdict could not be fetched is followed up before
 * the next is taken. The state is replaced, never changed, so that React can compare.
 */
export class FrameLoop {
  #state: LoopState;
  #open: OpenFrame | null = null;
  #failures = 0;
  #withoutFace = 0;

  /**
   * `tell` is called with each new state. `pace` is the share of the server's interval to wait: 1 in an exam,
   * less while setting up.
   */
  constructor(
    private readonly world: World,
    start: LoopState,
    private readonly tell: (state: LoopState) => void,
    private readonly pace = 1,
  ) {
    this.#state = start;
  }

  /** Runs until `signal` is aborted or the token is no longer accepted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#state.condition !== "expired") {
      const pause = await this.#turn(signal).catch((error: unknown) => this.#failed(error, signal));
      if (pause > 0) await this.world.sleep(pause, signal);
    }
  }

  /** Returns for how many milliseconds to wait before the next turn. */
  async #turn(signal: AbortSignal): Promise<number> {
    this.#open ??= await this.#send(signal);
    const { jobId, takenAt, nextInMs } = this.#open;
    const job = await this.world.follow(jobId, signal);
    this.#failures = 0;
    if (!ENDED.has(job.status)) return FOLLOW_AGAIN_MS;
    this.#open = null;
    this.#conclude(job, takenAt);
    // A doubt that this frame leaves is looked into sooner than was asked for before it was judged.
    const soonest = Math.min(nextInMs, job.next_frame_in_ms ?? nextInMs);
    return takenAt + soonest * this.pace - this.world.now();
  }

  async #send(signal: AbortSignal): Promise<OpenFrame> {
    const picture = this.world.capture();
    const takenAt = this.world.now();
    const accepted = await this.world.send(picture, signal);
    this.#change({ intervalMs: accepted.next_frame_in_ms });
    return { jobId: accepted.job_id, takenAt, nextInMs: accepted.next_frame_in_ms };
  }

  #conclude(job: Job, takenAt: number): void {
    if (job.status !== "done") {
      this.#change({ condition: "unjudged" });
      return;
    }
    this.#withoutFace = job.faces === 0 ? this.#withoutFace + 1 : 0;
    const concern = concernOf(job, this.#withoutFace);
    this.#change({
      condition: "judged",
      last: { job, takenAt, heardAt: this.world.now() },
      judged: this.#state.judged + 1,
      concern,
      episodes: this.#episodes(concern, takenAt),
    });
  }

  #episodes(concern: ConcernKind | null, at: number): readonly Episode[] {
    if (concern === this.#state.concern) return this.#state.episodes;
    const before = closed(this.#state.episodes, at);
    return concern ? [...before, { kind: concern, from: at, until: null }] : before;
  }

  #failed(error: unknown, signal: AbortSignal): number {
    if (signal.aborted) return 0;
    if (error instanceof CameraOff) {
      this.#change({ condition: "camera_off" });
      return CAMERA_RETRY_MS;
    }
    this.#failures += 1;
    if (error instanceof ApiError) {
      this.#refused(error);
      return backoff(this.#failures, error.retryAfterMs, this.world.random);
    }
    // A fault of our own must not end the checking, nor look as if it went on well.
    console.error(error);
    this.#open = null;
    this.#change({ condition: "unjudged" });
    return backoff(this.#failures, null, this.world.random);
  }

  #refused(error: ApiError): void {
    if (error.isRefusedAccess || (error.status === 404 && this.#open === null)) {
      this.#change({ condition: "expired" });
    } else if (error.isBusy) {
      this.#change({ condition: "busy" });
    } else if (error.isOutage) {
      this.#change({ condition: "lost" });
    } else {
      // The frame itself was refused, or its job is forgotten: the next may fare better.
      this.#open = null;
      this.#change({ condition: "unjudged" });
    }
  }

  #change(part: Partial<LoopState>): void {
    this.#state = { ...this.#state, ...part };
    this.tell(this.#state);
  }
}
