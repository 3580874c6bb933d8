import { expect, it } from "vitest";
import { Notifier } from "./Notifier";
import { type Notice, noticesOf } from "./notices";

function watch() {
  const open: string[] = [];
  const shown: string[] = [];
  const page = { isLooking: false };
  const notifier = new Notifier({
    isLooking: () => page.isLooking,
    show: ({ id, title }: Notice) => {
      open.push(id);
      shown.push(title);
      return () => void open.splice(open.indexOf(id), 1);
    },
  });
  return { notifier, open, shown, page };
}

const message = { id: "1", text: "Time is up", sentAt: "2026-11-27T09:30:00Z", acknowledged: false };

it("shows a warning once and closes it when it is over", () => {
  const { notifier, open, shown } = watch();
  notifier.update(noticesOf("no_face", []));
  notifier.update(noticesOf("no_face", []));
  expect(open).toEqual(["no_face"]);
  notifier.update(noticesOf(null, []));
  expect(open).toEqual([]);
  notifier.update(noticesOf("no_face", []));
  expect(shown).toEqual(["We can't see you", "We can't see you"]);
});

it("closes a message that was read on the page", () => {
  const { notifier, open } = watch();
  notifier.update(noticesOf(null, [message]));
  expect(open).toEqual(["1"]);
  notifier.update(noticesOf(null, [{ ...message, acknowledged: true }]));
  expect(open).toEqual([]);
});

it("shows nothing that began while the candidate looked at the page", () => {
  const { notifier, shown, page } = watch();
  page.isLooking = true;
  notifier.update(noticesOf("no_face", [message]));
  page.isLooking = false;
  notifier.update(noticesOf("no_face", [message]));
  expect(shown).toEqual([]);
});
