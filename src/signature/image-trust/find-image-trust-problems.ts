/** Refuses rules about images that name nobody, or that never decide. */
import {
  coversPatterns,
  findDuplicateNames,
  findShadowedRules,
  type TrustProblem,
} from '../trust/find-rule-problems.ts';
import type { ImageRule, ImageTrustSettings } from './settings.ts';

/** What the settings alone can tell; paths are below `images`. */
export function findImageTrustProblems(settings: ImageTrustSettings): readonly TrustProblem[] {
  const { rules, authorities, trustedRoots } = settings;
  return [
    ...rules.flatMap((rule, index) => [
      ...findDuplicateNames(['rules', index, 'attestations'], rule.attestations),
      ...findUnknownAuthorities(rule, index, settings),
      ...findTooFewAuthorities(rule, index),
    ]),
    ...findShadowedRules(rules, (earlier, rule) => coversPatterns(earlier.images, rule.images)),
    ...findUnknownRoots(settings),
    ...Object.entries({ rules, authorities, trustedRoots }).flatMap(([list, entries]) => [
      ...findDuplicateNames([list], entries),
    ]),
  ];
}

function* findUnknownAuthorities(
  rule: ImageRule,
  index: number,
  { authorities }: ImageTrustSettings,
): Iterable<TrustProblem> {
  const names = authorities.map(({ name }) => name);
  const lists = [
    { path: ['rules', index], used: rule.authorities },
    ...rule.attestations.map((attestation, place) => ({
      path: ['rules', index, 'attestations', place],
      used: attestation.authorities,
    })),
  ];
  for (const { path, used } of lists) {
    for (const [place, name] of used.entries()) {
      if (names.includes(name)) continue;
      yield {
        path: [...path, 'authorities', place],
        message: `There is no authority "${name}" in images.authorities (${names.join(', ') || 'it is empty'})`,
      };
    }
  }
}

function* findTooFewAuthorities(
  { authorities, authoritiesMin }: ImageRule,
  index: number,
): Iterable<TrustProblem> {
  const distinct = new Set(authorities).size;
  if (distinct >= authoritiesMin) return;
  yield {
    path: ['rules', index, 'authoritiesMin'],
    message: `Wanted ${authoritiesMin} distinct authorities, but the rule names ${distinct}`,
  };
}

function* findUnknownRoots({
  authorities,
  trustedRoots,
}: ImageTrustSettings): Iterable<TrustProblem> {
  const names = trustedRoots.map(({ name }) => name);
  for (const [index, { trustedRoot }] of authorities.entries()) {
    if (trustedRoot === undefined || names.includes(trustedRoot)) continue;
    yield {
      path: ['authorities', index, 'trustedRoot'],
      message: `There is no trusted root "${trustedRoot}" in images.trustedRoots (${names.join(', ') || 'it is empty'})`,
    };
  }
}
