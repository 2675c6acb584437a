/** Signers of rules whom no key file knows: nobody can sign as them, and every sync that waits for them is refused. */
import { fingerprintOf, type Keyring } from '../openpgp/keyring.ts';
import { matchPatternList } from '../ssh/match-pattern-list.ts';
import type { AllowedSigner } from '../ssh/parse-allowed-signers.ts';
import type { TrustProblem } from './find-rule-problems.ts';
import type { AcceptedSigner, CommitRule } from './settings.ts';

/** What the key files have. */
export interface KnownKeys {
  readonly keyrings: ReadonlyMap<string, Keyring>;
  readonly allowedSigners: readonly AllowedSigner[];
}

/** Of patterns nothing is said, and of those whom certificates vouch for. */
export function findUnknownSigners(
  rules: readonly CommitRule[],
  known: KnownKeys,
): readonly TrustProblem[] {
  return rules.flatMap(({ signers }, index) =>
    signers.flatMap((signer, place) => {
      const message = describeUnknown(signer, known);
      return message === undefined ? [] : { path: ['rules', index, 'signers', place], message };
    }),
  );
}

function describeUnknown(signer: AcceptedSigner, known: KnownKeys): string | undefined {
  switch (signer.scheme) {
    case 'openpgp':
      return signer.fingerprint === undefined || hasKey(signer.fingerprint, known)
        ? undefined
        : `No keyring has the key ${signer.fingerprint}`;
    case 'ssh':
      return describeUnknownSsh(signer, known.allowedSigners);
    case 'gitsign':
    case 'x509':
      return undefined;
  }
}

function hasKey(fingerprint: string, { keyrings }: KnownKeys): boolean {
  return [...keyrings.values()].some(({ keys }) =>
    keys.some(
      (key) =>
        fingerprintOf(key) === fingerprint ||
        key.signingKeys.some(({ material }) => material.fingerprint === fingerprint),
    ),
  );
}

function describeUnknownSsh(
  { principal, fingerprint }: Extract<AcceptedSigner, { readonly scheme: 'ssh' }>,
  lines: readonly AllowedSigner[],
): string | undefined {
  // An authority certifies keys, which stand in no line.
  const direct = lines.filter(({ key }) => key.fingerprint === fingerprint);
  if (fingerprint !== undefined && direct.length === 0 && !lines.some(isAuthority)) {
    return `No line of the allowed signers has the key ${fingerprint}`;
  }
  if (principal === undefined || principal.includes('*')) return undefined;
  return lines.some(({ principals }) => matchPatternList(principal, principals))
    ? undefined
    : `No line of the allowed signers has the principal ${principal}`;
}

function isAuthority({ isAuthority: is }: AllowedSigner): boolean {
  return is;
}
