/** The resource name of a kind, where no API server is there to tell. Source: apimachinery meta.UnsafeGuessKindToResource. */

/** A guess that holds for every built-in kind and for most others: `Ingress` to `ingresses`, `Policy` to `policies`. */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  // `endpoints` is its own plural.
  if (singular === 'endpoints') return singular;
  if (/(?:s|x|z|ch|sh)$/u.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/u.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}
