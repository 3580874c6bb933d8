import { type RefObject, useLayoutEffect, useState } from "react";

export interface Size {
  widthPx: number;
  /** Distance from the top of the page. */
  topPx: number;
}

/** The width of an element's content, and where it starts on the page. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ widthPx: 0, topPx: 0 });

  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const measure = () => {
      const widthPx = current.clientWidth;
      const topPx = Math.round(current.getBoundingClientRect().top + window.scrollY);
      // It has no size while another part of the page is shown in its place.
      if (widthPx > 0) {
        setSize((before) =>
          before.widthPx === widthPx && before.topPx === topPx ? before : { widthPx, topPx },
        );
      }
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
