/** Joins the configured base of a service with the path of its API. */

/** The base may have a path of its own, behind a proxy for example, and a query. */
export function appendPath(base: string, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/u, '')}${path}`;
  return url;
}
