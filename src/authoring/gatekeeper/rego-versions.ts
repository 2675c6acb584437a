/** The versions of files of a bundle as OPA's manifest has them. Source: OPA documentation, bundle file format. */

/** For files of Rego v0; all others are of v1. */
export function regoVersionsOf(older: readonly string[]): Readonly<Record<string, 0>> {
  return Object.fromEntries(older.map((file) => [`/${file}`, 0] as const));
}
