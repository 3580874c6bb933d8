import { CONCERN_TEXT, type ConcernKind } from "../exam/concerns";
import type { ReceivedMessage } from "../exam/Inbox";

/** What a candidate should know at once, wherever they look. */
export interface Notice {
  id: string;
  title: string;
  text: string;
  /** Whether it is a message, which the candidate acknowledges; a warning goes away by itself. */
  isMessage: boolean;
}

/** The warning of now and the unread messages. */
export function noticesOf(concern: ConcernKind | null, messages: readonly ReceivedMessage[]): Notice[] {
  const unread = messages
    .filter(({ acknowledged }) => !acknowledged)
    .map(({ id, text }) => ({ id, title: "Message from your invigilator", text, isMessage: true }));
  if (!concern) return unread;
  const { title, advice } = CONCERN_TEXT[concern];
  return [{ id: concern, title, text: advice, isMessage: false }, ...unread];
}
