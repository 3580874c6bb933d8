import type { ReportedInterruption } from "../../api/types";
import type { Condition } from "./FrameLoop";

type InterruptionType = ReportedInterruption["type"];

/** A time in which the page could not send frames, in milliseconds since 1970. */
export interface Interruption {
  type: InterruptionType;
  from: number;
  until: number;
}

/** What is kept over a reload. */
export interface InterruptionState {
  /** Another participant starts anew. */
  participantId: string;
  /** When the page last noticed anything. */
  aliveAt: number;
  open: { type: InterruptionType; from: number } | null;
  /** Not reported yet, oldest first. */
  pending: readonly Interruption[];
}

/** What this depends on; tests bring their own. */
interface Environment {
  load(): InterruptionState | null;
  save(state: InterruptionState): void;
  report(interruptions: ReportedInterruption[]): Promise<void>;
}

/** Shorter ones leave no minute without a frame. */
const MIN_MS = 15_000;
/** Longer than the frame loop can be silent: a request has a time limit of 30 s, a pause of 20 s. */
const SUSPENDED_MS = 90_000;
const MAX_PENDING = 20;
/** The gateway accepts nothing older. */
const MAX_AGE_MS = 24 * 3_600_000;

const TYPES: Partial<Record<Condition, InterruptionType>> = { lost: "network", camera_off: "camera_off" };

/**
 * Notices why the page could not send frames, and reports it to the gateway once frames are judged again.
 *
 * `page_closed` is every time in which this code did not run: a reload, a closed tab, a sleeping computer.
 */
export class Interruptions {
  #state: InterruptionState;
  #reporting = false;

  constructor(
    private readonly environment: Environment,
    participantId: string,
    now: number,
  ) {
    const stored = environment.load();
    this.#state = { participantId, aliveAt: now, open: null, pending: [] };
    if (stored?.participantId !== participantId) return;
    this.#state = { ...stored, aliveAt: now, open: null };
    if (stored.open) this.#add({ ...stored.open, until: stored.aliveAt });
    this.#add({ type: "page_closed", from: stored.aliveAt, until: now });
  }

  /** Note the state of the frame loop; call it after each change. */
  note(condition: Condition, now: number): void {
    const { aliveAt, open } = this.#state;
    const isSuspended = now - aliveAt > SUSPENDED_MS;
    if (isSuspended) this.#add({ type: "page_closed", from: aliveAt, until: now });
    const type = TYPES[condition];
    if (open && (isSuspended || open.type !== type))
      this.#add({ ...open, until: isSuspended ? aliveAt : now });
    const continued = open?.type === type && !isSuspended ? open : null;
    this.#state = { ...this.#state, aliveAt: now, open: type ? (continued ?? { type, from: now }) : null };
    this.environment.save(this.#state);
    if (condition === "judged") void this.#report(now);
  }

  #add(interruption: Interruption): void {
    if (interruption.until - interruption.from < MIN_MS) return;
    this.#state = { ...this.#state, pending: [...this.#state.pending, interruption].slice(-MAX_PENDING) };
  }

  /** A report that fails is repeated with the next frame: until then there is time to recover. */
  async #report(now: number): Promise<void> {
    const sent = this.#state.pending;
    if (sent.length === 0 || this.#reporting) return;
    this.#reporting = true;
    try {
      const ago = (at: number) => Math.min(Math.max(now - at, 0), MAX_AGE_MS) / 1_000;
      await this.environment.report(
        sent.map(({ type, from, until }) => ({
          type,
          started_seconds_ago: ago(from),
          ended_seconds_ago: ago(until),
        })),
      );
      this.#state = { ...this.#state, pending: this.#state.pending.filter((one) => !sent.includes(one)) };
      this.environment.save(this.#state);
    } catch (error) {
      console.error(error);
    } finally {
      this.#reporting = false;
    }
  }
}

/** Another release may have stored another shape. */
export function isInterruptionState(value: unknown): value is InterruptionState {
  const state = value as InterruptionState | null;
  return (
    typeof state?.participantId === "string" &&
    typeof state.aliveAt === "number" &&
    Array.isArray(state.pending)
  );
}
