const script = import.meta.url;

/** The path below which everything is: "" or, for example, "/proctor". The scripts are in its `assets/`. */
export const basePath = import.meta.env.DEV ? "" : new URL("..", script).pathname.slice(0, -1);

/** The address of the home page. */
export const HOME = `${basePath}/`;
