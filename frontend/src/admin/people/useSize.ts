import { type RefObject, useLayoutEffect, useState } from "react";

export interface Size {
  widthPx: number;
  /** Distance from the top of the page. */
  topPx: number;
  /** The page's font size. */
  remPx: number;
}

/** The width of an element's content, where it starts on the page, and the font size. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ widthPx: 0, topPx: 0, remPx: 16 });

  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const measure = () => {
      const widthPx = current.clientWidth;
      const topPx = Math.round(current.getBoundingClientRect().top + window.scrollY);
      const remPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      // It has no size while another part of the page is shown in its place.
      if (widthPx > 0) setSize((before) => keepIfSame(before, { widthPx, topPx, remPx }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    // What stands above it may wrap.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);

  return size;
}

function keepIfSame(before: Size, { widthPx, topPx, remPx }: Size): Size {
  const isSame = before.widthPx === widthPx && before.topPx === topPx && before.remPx === remPx;
  return isSame ? before : { widthPx, topPx, remPx };
}
