/** Whether a verified signer is one of those that a rule accepts. */
import type { Signer } from '../verification.ts';
import { matchesPattern } from '../../base/match-pattern.ts';
import type { AcceptedSigner } from './settings.ts';

/** Fingerprints of the primary keys, by the name of the keyring. */
export type KeyringMembers = ReadonlyMap<string, ReadonlySet<string>>;

/** By any entry of a rule. */
export function isAccepted(
  signer: Signer,
  accepted: readonly AcceptedSigner[],
  keyrings: KeyringMembers,
): boolean {
  return accepted.some((entry) => accepts(entry, signer, keyrings));
}

function accepts(entry: AcceptedSigner, signer: Signer, keyrings: KeyringMembers): boolean {
  switch (entry.scheme) {
    case 'openpgp':
      return signer.scheme === 'openpgp' && acceptsKey(entry, signer, keyrings);
    case 'ssh':
      return (
        signer.scheme === 'ssh' &&
        (entry.principal === undefined
          ? signer.fingerprint === entry.fingerprint
          : matchesPattern(signer.principal, entry.principal))
      );
    case 'gitsign':
      return (
        signer.scheme === 'gitsign' &&
        signer.issuer === entry.issuer &&
        matchesPattern(signer.subject, entry.subject)
      );
    case 'x509': {
      const { email } = entry;
      return (
        signer.scheme === 'x509' &&
        (email === undefined
          ? signer.fingerprint === entry.fingerprint
          : signer.emails.some((address) => matchesPattern(address, email)))
      );
    }
  }
}

function acceptsKey(
  { fingerprint, keyring }: Extract<AcceptedSigner, { scheme: 'openpgp' }>,
  signer: Extract<Signer, { scheme: 'openpgp' }>,
  keyrings: KeyringMembers,
): boolean {
  if (keyring !== undefined) return keyrings.get(keyring)?.has(signer.fingerprint) === true;
  return fingerprint === signer.fingerprint || fingerprint === signer.signingKeyFingerprint;
}

/** One text for one signer: two signatures by one person must not count as two people. */
export function identityOf(signer: Signer): string {
  switch (signer.scheme) {
    case 'openpgp':
      return `openpgp ${signer.fingerprint}`;
    case 'ssh':
      return `ssh ${signer.principal}`;
    case 'gitsign':
      return `gitsign ${signer.issuer} ${signer.subject}`;
    case 'x509':
      return `x509 ${signer.emails[0] ?? signer.fingerprint}`;
    case 'cosign':
      return signer.method === 'key'
        ? `cosign ${signer.fingerprint}`
        : `cosign ${signer.issuer} ${signer.subject}`;
  }
}

const ADDRESS = /<([^<>]+)>\s*$/u;

/** The e-mail addresses that the signer's key or certificate vouches for, in lower case. */
export function addressesOf(signer: Signer): ReadonlySet<string> {
  return new Set(listAddresses(signer).map((address) => address.toLowerCase()));
}

function listAddresses(signer: Signer): readonly string[] {
  switch (signer.scheme) {
    case 'openpgp':
      return signer.userIds.map((userId) => ADDRESS.exec(userId)?.[1] ?? userId);
    case 'ssh':
      return [signer.principal];
    case 'gitsign':
      return [signer.subject];
    case 'x509':
      return signer.emails;
    case 'cosign':
      // It signs images, and no commit names it.
      return [];
  }
}
