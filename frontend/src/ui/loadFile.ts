const AGAIN_MS = 1_000;

/** A script of this page can't be had: the network is down, or a new release has replaced it. */
export class MissingFileError extends Error {
  override name = "MissingFileError";
}

/** Loads a part of the page by `import()`, with a second try. */
export async function loadFile<T>(load: () => Promise<T>, againMs = AGAIN_MS): Promise<T> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, againMs));
    return load().catch((cause: unknown) => {
      throw new MissingFileError("a script could not be loaded", { cause });
    });
  }
}
