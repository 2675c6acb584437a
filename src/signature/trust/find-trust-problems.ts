/** Refuses rules about commits that can match nobody: they would refuse every sync, and the reason would be found at night. */
import type { AcceptedSigner, CommitRule, CommitsSettings } from './settings.ts';
import {
  coversPatterns,
  findDuplicateNames,
  findShadowedRules,
  type TrustProblem,
} from './find-rule-problems.ts';

/** What the settings alone can tell; whether a key is in its file is found when the file is loaded. */
export function findTrustProblems(settings: CommitsSettings): readonly TrustProblem[] {
  return [
    ...settings.rules.flatMap((rule, index) => [
      ...findUnknownKeyrings(rule, index, settings),
      ...findMissingKeys(rule, index, settings),
      ...findTooManySigners(rule, index),
    ]),
    ...findShadowedRules(settings.rules, hides),
    ...findDuplicates(settings),
  ];
}

function hides(earlier: CommitRule, rule: CommitRule): boolean {
  return (
    coversPatterns(earlier.repositories, rule.repositories) &&
    coversPatterns(earlier.paths, rule.paths)
  );
}

function* findUnknownKeyrings(
  { signers }: CommitRule,
  index: number,
  { keyrings }: CommitsSettings,
): Iterable<TrustProblem> {
  const names = keyrings.map(({ name }) => name);
  for (const [place, signer] of signers.entries()) {
    if (signer.scheme !== 'openpgp' || signer.keyring === undefined) continue;
    if (names.includes(signer.keyring)) continue;
    yield {
      path: ['rules', index, 'signers', place, 'keyring'],
      message: `There is no keyring "${signer.keyring}" in commits.keyrings (${names.join(', ') || 'it is empty'})`,
    };
  }
}

const KEYS = {
  openpgp: 'keyrings',
  ssh: 'allowedSignersFile',
  gitsign: 'trustedRootFile',
  x509: 'caBundleFile',
} as const satisfies Record<AcceptedSigner['scheme'], keyof CommitsSettings>;

function* findMissingKeys(
  { signers, mergeCommits }: CommitRule,
  index: number,
  settings: CommitsSettings,
): Iterable<TrustProblem> {
  for (const [place, { scheme }] of signers.entries()) {
    const key = KEYS[scheme];
    if (hasKeys(settings[key])) continue;
    yield {
      path: ['rules', index, 'signers', place],
      message: `Nobody can sign with the scheme "${scheme}": commits.${key} is not set`,
    };
  }
  if (mergeCommits === 'forge' && settings.forgeKeyrings.length === 0) {
    yield {
      path: ['rules', index, 'mergeCommits'],
      message: 'No forge can sign a merge: commits.forgeKeyrings is empty',
    };
  }
}

function hasKeys(value: string | readonly unknown[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}

/** Only where each entry is one signer: a keyring or a pattern can be many. */
function* findTooManySigners(
  { signers, signersMin }: CommitRule,
  index: number,
): Iterable<TrustProblem> {
  if (signers.length >= signersMin || signers.some(isMany)) return;
  yield {
    path: ['rules', index, 'signersMin'],
    message: `Wanted ${signersMin} distinct signers, but the rule accepts ${signers.length}`,
  };
}

function isMany(signer: AcceptedSigner): boolean {
  switch (signer.scheme) {
    case 'openpgp':
      return signer.keyring !== undefined;
    case 'ssh':
      return signer.principal?.includes('*') === true;
    case 'gitsign':
      return signer.subject.includes('*');
    case 'x509':
      return signer.email?.includes('*') === true;
  }
}

function* findDuplicates({
  rules,
  keyrings,
  forgeKeyrings,
}: CommitsSettings): Iterable<TrustProblem> {
  yield* findDuplicateNames(['rules'], rules);
  yield* findDuplicateNames(['keyrings'], [...keyrings, ...forgeKeyrings]);
}
