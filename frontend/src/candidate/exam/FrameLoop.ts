import { backoff } from "../../api/backoff";
import { ApiError } from "../../api/client";
import type { AcceptedFrame, Job } from "../../api/types";
import { CameraOff } from "../camera/Camera";
import { type ConcernKind, concernIn, nextConcern } from "./concerns";
import { type ExamRecord, endEpisodes, recordConcern } from "./record";

/** What the loop depends on; tests bring their own. */
export interface Environment {
  /** Return a picture as a data URL. Throw CameraOff. */
  capture(): string;
  send(picture: string, signal: AbortSignal): Promise<AcceptedFrame>;
  /** Return the job when it has ended, or its state after some seconds. */
  follow(jobId: string, signal: AbortSignal): Promise<Job>;
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  random(): number;
}

/** Where the loop is on the way from camera to verdict. */
export type Condition =
  | "starting"
  | "judged"
  | "unjudged"
  | "busy"
  | "lost"
  | "camera_off"
  /** Connection and camera are back, and the server has not judged a frame since. */
  | "waiting"
  | "expired";

/** Times are in milliseconds since 1970. */
export interface JudgedFrame {
  job: Job;
  takenAt: number;
  answeredAt: number;
}

export interface LoopState extends ExamRecord {
  condition: Condition;
  last: JudgedFrame | null;
  concern: ConcernKind | null;
  /** The interval the server asks for; null before its first answer. */
  intervalMs: number | null;
}

/** The state before the first frame, also after a reload in the middle of an exam. */
export function initialState(record: ExamRecord, now: number): LoopState {
  return {
    condition: "starting",
    last: null,
    judged: record.judged,
    concern: null,
    episodes: endEpisodes(record.episodes, now),
    intervalMs: null,
  };
}

interface OpenFrame {
  jobId: string;
  takenAt: number;
  nextInMs: number;
}

const CAMERA_RETRY_MS = 1_000;
// The server long-polls; this pause is for one that answers at once.
const POLL_PAUSE_MS = 250;
const ENDED = new Set(["done", "failed", "expired"]);

/**
 * Capture a picture, send it, wait for its verdict, pause as long as the server asks, repeat.
 *
 * At most one frame is open at a time: if its verdict could not be fetched, it is polled again before the next is
 * captured. The state is replaced, never mutated, so that React can compare.
 */
export class FrameLoop {
  #state: LoopState;
  #open: OpenFrame | null = null;
  #failures = 0;
  #previous: ConcernKind | null = null;

  /**
   * `onChange` is called with each new state. `pace` is the share of the server's interval to wait: 1 in an exam,
   * less in the pre-check.
   */
  constructor(
    private readonly environment: Environment,
    start: LoopState,
    private readonly onChange: (state: LoopState) => void,
    private readonly pace = 1,
  ) {
    this.#state = start;
  }

  /** Run until `signal` is aborted or the token is no longer accepted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#state.condition !== "expired") {
      const pause = await this.#runOnce(signal).catch((error: unknown) => this.#failed(error, signal));
      if (pause > 0) await this.environment.sleep(pause, signal);
    }
  }

  /** Return how many milliseconds to wait before the next run. */
  async #runOnce(signal: AbortSignal): Promise<number> {
    this.#open ??= await this.#send(signal);
    const { jobId, takenAt, nextInMs } = this.#open;
    const job = await this.environment.follow(jobId, signal);
    this.#failures = 0;
    if (!ENDED.has(job.status)) {
      // Each answer is told, so that a long wait for the server is not taken for a page that slept.
      this.#change({ condition: whileOpen(this.#state.condition) });
      return POLL_PAUSE_MS;
    }
    this.#open = null;
    this.#conclude(job, takenAt);
    // A suspicion after this frame shortens the interval that was asked for before it was judged.
    const interval = Math.min(nextInMs, job.next_frame_in_ms ?? nextInMs);
    return takenAt + interval * this.pace - this.environment.now();
  }

  async #send(signal: AbortSignal): Promise<OpenFrame> {
    const picture = this.environment.capture();
    const takenAt = this.environment.now();
    const accepted = await this.environment.send(picture, signal);
    const condition = whileOpen(this.#state.condition);
    this.#change({ condition, intervalMs: accepted.next_frame_in_ms });
    return { jobId: accepted.job_id, takenAt, nextInMs: accepted.next_frame_in_ms };
  }

  #conclude(job: Job, takenAt: number): void {
    if (job.status !== "done") {
      this.#change({ condition: "unjudged" });
      return;
    }
    const current = concernIn(job, this.#state.concern);
    const concern = nextConcern(this.#state.concern, this.#previous, current);
    this.#previous = current;
    this.#change({
      condition: "judged",
      last: { job, takenAt, answeredAt: this.environment.now() },
      judged: this.#state.judged + 1,
      concern,
      episodes: recordConcern(this.#state.episodes, concern, takenAt),
    });
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
      return backoff(this.#failures, error.retryAfterMs, this.environment.random);
    }
    // A bug of ours must neither end the checking nor look like success.
    console.error(error);
    this.#open = null;
    this.#change({ condition: "unjudged" });
    return backoff(this.#failures, null, this.environment.random);
  }

  #refused(error: ApiError): void {
    if (error.isRefusedAccess || (error.status === 404 && this.#open === null)) {
      this.#change({ condition: "expired" });
    } else if (error.isBusy) {
      this.#change({ condition: "busy" });
    } else if (error.isOutage) {
      this.#change({ condition: "lost" });
    } else {
      // This frame was refused or its job is unknown; the next may succeed.
      this.#open = null;
      this.#change({ condition: "unjudged" });
    }
  }

  #change(part: Partial<LoopState>): void {
    this.#state = { ...this.#state, ...part };
    this.onChange(this.#state);
  }
}

/** What lasts while the server holds a frame: neither the connection nor the camera is missing. */
function whileOpen(condition: Condition): Condition {
  return condition === "lost" || condition === "camera_off" ? "waiting" : condition;
}
