/** What can be wrong with rules of any kind. */
import { matchesPattern } from '../../base/match-pattern.ts';

export interface TrustProblem {
  /** Below the section. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Whether the wide pattern matches all that the narrow one does. Conservative: what is read as covered is covered. `**` reaches
 * further than any other wildcard.
 */
export function coversPattern(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === '**') return true;
  return !narrow.includes('**') && matchesPattern(narrow, wide);
}

/** Names that are used twice in one list. */
export function* findDuplicateNames(
  list: readonly (string | number)[],
  entries: readonly { readonly name: string }[],
): Iterable<TrustProblem> {
  const seen = new Set<string>();
  for (const [index, { name }] of entries.entries()) {
    if (seen.has(name)) {
      yield { path: [...list, index, 'name'], message: `The name "${name}" is used twice` };
    }
    seen.add(name);
  }
}

/** Whether each of the narrow patterns is covered by one of the wide ones. */
export function coversPatterns(wide: readonly string[], narrow: readonly string[]): boolean {
  return narrow.every((own) => wide.some((other) => coversPattern(other, own)));
}

/** Rules that an earlier one hides wholly: the first that matches decides. */
export function* findShadowedRules<Rule extends { readonly name: string }>(
  rules: readonly Rule[],
  hides: (earlier: Rule, rule: Rule) => boolean,
): Iterable<TrustProblem> {
  for (const [index, rule] of rules.entries()) {
    const earlier = rules.slice(0, index).find((other) => hides(other, rule));
    if (earlier === undefined) continue;
    yield {
      path: ['rules', index],
      message: `It never decides: the rule "${earlier.name}" before it matches everything that it names`,
    };
  }
}
