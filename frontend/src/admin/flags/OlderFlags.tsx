import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";
import styles from "./OlderFlags.module.css";

/** Loads the next page when the end of the list is near, or when the button is pressed. */
export function OlderFlags({ onMore }: { onMore: () => Promise<unknown> }) {
  const end = useRef<HTMLDivElement>(null);
  const { mutate: more, error, isPending } = useMutation({ mutationFn: onMore });

  useEffect(() => {
    // Observed anew after each page: who has reached the new end meanwhile never left it for the observer.
    if (isPending || error) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && more(),
      { rootMargin: "600px" },
    );
    if (end.current) observer.observe(end.current);
    return () => observer.disconnect();
  }, [more, isPending, error]);

  return (
    <div ref={end} className={styles.older}>
      {error && <Failure message={errorMessage(error)} />}
      <button type="button" onClick={() => more()}>
        Show older
      </button>
    </div>
  );
}
