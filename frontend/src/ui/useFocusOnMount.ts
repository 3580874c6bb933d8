import { type RefObject, useEffect, useRef } from "react";

/** For the heading of a new view: the focus would be lost with the view it replaces. */
export function useFocusOnMount(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return heading;
}
