/** The next page of a list. Source: RFC 8288; OCI distribution specification, section "Listing Referrers". */

/** The target of the link with `rel="next"`, as it is written; undefined: this is the last page. */
export function parseNextLink(header: string | undefined): string | undefined {
  const links = (header ?? '').matchAll(/<(?<target>[^<>]*)>(?<parameters>(?:[^,"]|"[^"]*")*)/gu);
  for (const { groups } of links) {
    const { target, parameters = '' } = groups ?? {};
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?![\w-]))/iu.test(parameters)) {
      return target;
    }
  }
  return undefined;
}
