/** Links of an incident: configured addresses, filled in. */
import type { IncidentLink } from './settings.ts';

/** A rule has at most 8 links and the section as many: more than this nobody opens. */
const LINKS_MAX = 10;

/** A link is left out where something that it names is not known: half an address leads nowhere. */
export function formatLinks(
  links: readonly IncidentLink[],
  values: Readonly<Record<string, string>>,
): { text: string; href: string }[] {
  return links.slice(0, LINKS_MAX).flatMap(({ text, href }) => {
    let isWhole = true;
    const filled = href.replaceAll(/\{([a-z]+)\}/gu, (_, name: string) => {
      const value = values[name] ?? '';
      if (value === '') isWhole = false;
      // Encoded, because a name that somebody chose must not become another path or host.
      return encodeURIComponent(value);
    });
    return isWhole ? [{ text, href: filled }] : [];
  });
}
