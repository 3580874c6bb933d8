const RETRY_MS = 1_000;

/** A script of this page could not be loaded: the network is down, or a new release has replaced it. */
export class MissingFileError extends Error {
  override name = "MissingFileError";
}

/** Load a chunk by `import()`, with one retry. */
export async function loadFile<T>(load: () => Promise<T>, retryMs = RETRY_MS): Promise<T> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    return load().catch((cause: unknown) => {
      throw new MissingFileError("a script could not be loaded", { cause });
    });
  }
}
