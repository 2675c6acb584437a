/** Where to go after signing in: a page of ours, never another site. */

/** A path with a query: one slash first, so that it names no host; no backslash, which browsers read as one. */
const OWN_PATH = /^\/(?:[A-Za-z0-9][\w./-]{0,200})?(?:\?[\w.~%&=:*/@+-]{0,2000})?$/u;

/** The path, or that of the first page where it is no page of ours. */
export function parseWayOn(text: string | null | undefined): string {
  if (!text || !OWN_PATH.test(text) || /^\/(?:sign-|live\/events)/u.test(text)) return '/';
  return text;
}
