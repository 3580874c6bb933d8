import { type RefObject, useEffect, useRef } from "react";

/** For the heading of what has just taken the place of something else: the focus would be lost with that. */
export function useFocusOnMount(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return heading;
}
