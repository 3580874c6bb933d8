import { useCallback, useEffect, useRef, useState } from "react";
import { errorMessage } from "../../ui/errorMessage";
import { Failure } from "../../ui/Failure";

/** Fetches the next page when the end of the list comes near, or at a press of the button. */
export function OlderFlags({ onMore }: { onMore: () => Promise<unknown> }) {
  const end = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState("");

  const more = useCallback(() => {
    setProblem("");
    onMore().catch((error: unknown) => setProblem(errorMessage(error)));
  }, [onMore]);

  useEffect(() => {
    const watcher = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && more(),
      { rootMargin: "600px" },
    );
    if (end.current) watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [more]);

  return (
    <div ref={end} className="older">
      {problem && <Failure message={problem} />}
      <button type="button" onClick={more}>
        Show older
      </button>
    </div>
  );
}
