/**
 * Patterns of applications: `NAMESPACE/NAME`, each with at most one `*`, which is any text. What it was in one pattern takes its place
 * in another, so that `*-production` leads to the `*-staging` of the same name. At most one: two could be divided in two ways.
 */

/** Where an application is. */
export interface ApplicationPlace {
  readonly namespace: string;
  readonly name: string;
}

/** What `*` was in the namespace and in the name; empty where there is none. */
export type Captures = readonly string[];

/** `undefined` where the pattern does not match. */
export function matchApplication(
  pattern: string,
  { namespace, name }: ApplicationPlace,
): Captures | undefined {
  const [namespacePattern = '', namePattern = ''] = pattern.split('/');
  const captures = [matchPart(namespacePattern, namespace), matchPart(namePattern, name)];
  return captures.every((capture) => capture !== undefined) ? captures : undefined;
}

/** The application that a pattern means for these captures. */
export function expandApplication(pattern: string, captures: Captures): ApplicationPlace {
  const [namespace = '', name = ''] = pattern
    .split('/')
    // Not as a replacement text, in which `$` has a meaning.
    .map((part, index) => part.split('*').join(captures[index] ?? ''));
  return { namespace, name };
}

function matchPart(pattern: string, text: string): string | undefined {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === text ? '' : undefined;
  const before = pattern.slice(0, star);
  const after = pattern.slice(star + 1);
  const isLongEnough = text.length >= before.length + after.length;
  return isLongEnough && text.startsWith(before) && text.endsWith(after)
    ? text.slice(before.length, text.length - after.length)
    : undefined;
}
