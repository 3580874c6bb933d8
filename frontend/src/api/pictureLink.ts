import { basePath } from "../basePath";

const OWN_PICTURE = /^\/(evidence|thumbnails)\//;

/**
 * A picture's link, relative to this origin where the picture is our own.
 *
 * The server builds links with its public host name. A page opened under another name of the same server would
 * otherwise load them cross-origin.
 */
export function pictureLink(link: string): string {
  const { pathname, search } = new URL(link, location.href);
  const isOwn = pathname.startsWith(basePath) && OWN_PICTURE.test(pathname.slice(basePath.length));
  return isOwn ? pathname + search : link;
}
