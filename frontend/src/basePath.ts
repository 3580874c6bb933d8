const script = import.meta.url;

/** The path prefix of the whole site: "" or, for example, "/proctor". Scripts are in its `assets/`. */
export const basePath = import.meta.env.DEV ? "" : new URL("..", script).pathname.slice(0, -1);

/** Path of the home page. */
export const HOME = `${basePath}/`;
