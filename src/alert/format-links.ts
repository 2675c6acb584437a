/** Links of an incident: configured addresses, filled in. */
import type { IncidentLink } from '../config/schema-alerts.ts';

const LINKS_MAX = 10;

/** A link is left out where something that it names is not known: half an address leads nowhere. */
export function formatLinks(
  links: readonly IncidentLink[],
  values: Readonly<Record<string, string>>,
): { text: string; href: string }[] {
  return links.slice(0, LINKS_MAX).flatMap(({ text, href }) => {
    const names = [...href.matchAll(/\{(?<name>[a-z]+)\}/gu)].map(
      ({ groups }) => groups?.['name'] ?? '',
    );
    if (names.some((name) => (values[name] ?? '') === '')) return [];
    // Encoded, because a name that somebody chose must not become another path or host.
    const filled = href.replaceAll(/\{(?<name>[a-z]+)\}/gu, (_, name: string) =>
      encodeURIComponent(values[name] ?? ''),
    );
    return [{ text, href: filled }];
  });
}
