import { useEffect, useState } from "react";

declare global {
  interface Window {
    /** Document Picture-in-Picture; not in every browser. */
    documentPictureInPicture?: {
      requestWindow(options: { width: number; height: number }): Promise<Window>;
    };
  }
}

const SIZE = { width: 360, height: 340 };

export interface SmallWindow {
  isAvailable: boolean;
  /** null while it is closed. */
  opened: Window | null;
  open: () => Promise<void>;
}

/** A small window that stays on top of all others; closed on unmount. */
export function useSmallWindow(): SmallWindow {
  const [opened, setOpened] = useState<Window | null>(null);
  useEffect(() => () => opened?.close(), [opened]);

  async function open() {
    const next = await window.documentPictureInPicture?.requestWindow(SIZE);
    if (!next) return;
    prepare(next.document);
    next.addEventListener("pagehide", () => setOpened(null));
    setOpened(next);
  }
  return { isAvailable: window.documentPictureInPicture !== undefined, opened, open };
}

function prepare(target: Document): void {
  target.documentElement.lang = document.documentElement.lang;
  target.title = "Exam";
  for (const sheet of document.querySelectorAll<HTMLLinkElement | HTMLStyleElement>(
    'link[rel="stylesheet"], style',
  )) {
    const copy = target.importNode(sheet, true);
    // The new window's address is about:blank.
    if (copy instanceof HTMLLinkElement && sheet instanceof HTMLLinkElement) copy.href = sheet.href;
    target.head.append(copy);
  }
}
