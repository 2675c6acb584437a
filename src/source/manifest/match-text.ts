/** Matches a text against one with asterisks. */

/**
 * A `*` stands for any text, also an empty one. Linear in both texts and without a regular expression: patterns and texts
 * are other people's.
 */
export function matchText(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - at >= last.length && text.endsWith(last);
}
