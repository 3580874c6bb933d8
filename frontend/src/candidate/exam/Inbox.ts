import type { Message, Receipt } from "../../api/types";

export interface ReceivedMessage {
  id: string;
  text: string;
  sentAt: string;
  acknowledged: boolean;
}

/**
 * The messages of invigilators to this candidate.
 *
 * The gateway repeats a message, on each connection and with each job, until it has the receipt.
 */
export class Inbox {
  /** `messages` are those from before a reload, oldest first. */
  constructor(
    private messages: readonly ReceivedMessage[],
    private readonly onChange: (messages: readonly ReceivedMessage[]) => void,
  ) {}

  /** Add a message, once. Return the receipt to send. */
  receive({ id, text, sent_at }: Message): Receipt {
    if (!this.messages.some((one) => one.id === id)) {
      this.#change([...this.messages, { id, text, sentAt: sent_at, acknowledged: false }]);
    }
    return this.#receipt(id);
  }

  /** Mark a message as read. Return the receipt to send. */
  acknowledge(id: string): Receipt {
    this.#change(this.messages.map((one) => (one.id === id ? { ...one, acknowledged: true } : one)));
    return this.#receipt(id);
  }

  #receipt(id: string): Receipt {
    const acknowledged = this.messages.some((one) => one.id === id && one.acknowledged);
    return { type: "receipt", id, acknowledged };
  }

  #change(messages: readonly ReceivedMessage[]): void {
    this.messages = messages;
    this.onChange(messages);
  }
}
