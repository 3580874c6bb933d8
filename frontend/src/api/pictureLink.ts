import { basePath } from "../basePath";

const OURS = /^\/(evidence|thumbnails)\//;

/**
 * A picture's link as this page can use it.
 *
 * The server names itself as it is known to the public; the page may have been opened under another of its names,
 * where that one would be a foreign address.
 */
export function pictureLink(link: string): string {
  const { pathname, search } = new URL(link, location.href);
  const isOurs = pathname.startsWith(basePath) && OURS.test(pathname.slice(basePath.length));
  return isOurs ? pathname + search : link;
}
