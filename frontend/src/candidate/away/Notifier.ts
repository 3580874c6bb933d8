import type { Notice } from "./notices";

/** What this depends on; tests bring their own. */
interface Environment {
  /** Whether the candidate sees the page itself. */
  isLooking(): boolean;
  /** Show a notification; return what closes it. */
  show(notice: Notice): () => void;
}

/** Shows each notice once while the candidate looks elsewhere, and closes it when it is over. */
export class Notifier {
  #close = new Map<string, () => void>();

  constructor(private readonly environment: Environment) {}

  /** Call it with all notices whenever one of them changes. */
  update(notices: readonly Notice[]): void {
    const ids = new Set(notices.map(({ id }) => id));
    for (const [id, close] of this.#close) {
      if (ids.has(id)) continue;
      close();
      this.#close.delete(id);
    }
    for (const notice of notices) {
      if (this.#close.has(notice.id)) continue;
      const isSeen = this.environment.isLooking();
      this.#close.set(notice.id, isSeen ? () => undefined : this.environment.show(notice));
    }
  }

  stop(): void {
    this.update([]);
  }
}
