import type { Message, Receipt } from "../../live/protocol";

/** What an invigilator said to the candidate. */
export interface ReceivedMessage {
  id: string;
  text: string;
  sentAt: string;
  acknowledged: boolean;
}

/**
 * The invigilators' messages.
 *
 * One comes again with each connection, and with each job, until the gateway has heard of its receipt.
 */
export class Inbox {
  /** `told` is what came before, oldest first; `tell` is called with each new state. */
  constructor(
    private told: readonly ReceivedMessage[],
    private readonly tell: (told: readonly ReceivedMessage[]) => void,
  ) {}

  /** Returns the receipt to give. */
  take({ id, text, sent_at }: Message): Receipt {
    if (!this.told.some((one) => one.id === id)) {
      this.#change([...this.told, { id, text, sentAt: sent_at, acknowledged: false }]);
    }
    return this.#receipt(id);
  }

  /** Returns the receipt to give. */
  acknowledge(id: string): Receipt {
    this.#change(this.told.map((one) => (one.id === id ? { ...one, acknowledged: true } : one)));
    return this.#receipt(id);
  }

  #receipt(id: string): Receipt {
    const acknowledged = this.told.some((one) => one.id === id && one.acknowledged);
    return { type: "receipt", id, acknowledged };
  }

  #change(told: readonly ReceivedMessage[]): void {
    this.told = told;
    this.tell(told);
  }
}
