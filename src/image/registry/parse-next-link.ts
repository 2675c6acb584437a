/** The next page of a list. Source: RFC 8288; OCI distribution specification, section "Listing Referrers". */

/** The target of the link with `rel="next"`, as it is written; undefined: this is the last page. */
export function parseNextLink(header: string | undefined): string | undefined {
  for (const [link] of (header ?? '').matchAll(/<[^<>]*>(?:[^,"]|"[^"]*")*/gu)) {
    const end = link.indexOf('>');
    const parameters = link.slice(end);
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?![\w-]))/iu.test(parameters)) {
      return link.slice(1, end);
    }
  }
  return undefined;
}
