/**
 * How many distinct authorities have signed: each needs a signer of its own.
 *
 * Signatures are not counted, as one key can make any number, and neither are names: a key that is listed twice, or an identity
 * that two patterns accept, would let one person stand for two.
 */
import type { TrustedRoot } from '../sigstore/sigstore-library.ts';
import type { Signer } from '../verification.ts';
import type { ImageAuthority, NamedAuthority } from './image-rule.ts';

export interface SigningAuthority {
  readonly authority: NamedAuthority;
  readonly signer: Signer;
}

/**
 * The greatest number of authorities that can be paired with a signer each. Keys are the same by their fingerprint, identities
 * by issuer and subject under one root, authorities by what they accept.
 */
export function countDistinctAuthorities(signed: readonly SigningAuthority[]): number {
  const rootOf = groupRoots(signed.map(({ authority }) => authority.authority));
  const signersOf = new Map<string, Set<string>>();
  for (const { authority, signer } of signed) {
    const root = rootOf(authority.authority);
    const name = formatAuthority(authority.authority, root);
    const signers = signersOf.get(name) ?? new Set();
    signersOf.set(name, signers.add(formatSignerId(signer, root)));
  }
  return countPairs([...signersOf.values()]);
}

function formatAuthority(authority: ImageAuthority, root: number): string {
  if (authority.kind === 'key') return `key ${authority.key.fingerprint}`;
  const identities = authority.identities.map(({ issuer, subject: { kind, value } }) =>
    JSON.stringify([issuer, kind, value]),
  );
  return JSON.stringify([root, ...identities.toSorted()]);
}

/** A key is the same with and without a log. */
function formatSignerId(signer: Signer, root: number): string {
  return signer.scheme === 'cosign' && signer.method === 'key'
    ? `key ${signer.fingerprint}`
    : JSON.stringify([root, signer]);
}

/** Roots that share a certificate authority are one, as one certificate is from both of them. */
function groupRoots(authorities: readonly ImageAuthority[]): (authority: ImageAuthority) => number {
  const groups: { readonly fingerprints: ReadonlySet<string> }[] = [];
  for (const root of authorities.flatMap(listRoots)) {
    const touched = groups.filter(({ fingerprints }) => shares(root, fingerprints));
    const all = touched.flatMap(({ fingerprints }) => [...fingerprints]);
    groups.push({ fingerprints: new Set([...all, ...root.authorityFingerprints]) });
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
  }
  return (authority) => {
    const [root] = listRoots(authority);
    return root === undefined
      ? -1
      : groups.findIndex(({ fingerprints }) => shares(root, fingerprints));
  };
}

function listRoots(authority: ImageAuthority): readonly TrustedRoot[] {
  return authority.kind === 'certificate' ? [authority.root] : [];
}

function shares({ authorityFingerprints }: TrustedRoot, others: ReadonlySet<string>): boolean {
  return authorityFingerprints.some((fingerprint) => others.has(fingerprint));
}

/** A maximum matching by augmenting paths (Kuhn). */
function countPairs(authorities: readonly ReadonlySet<string>[]): number {
  const takenBy = new Map<string, ReadonlySet<string>>();
  const take = (signers: ReadonlySet<string>, tried: Set<string>): boolean => {
    for (const signer of signers) {
      if (tried.has(signer)) continue;
      tried.add(signer);
      const holder = takenBy.get(signer);
      if (holder === undefined || take(holder, tried)) {
        takenBy.set(signer, signers);
        return true;
      }
    }
    return false;
  };
  return authorities.filter((signers) => take(signers, new Set())).length;
}
