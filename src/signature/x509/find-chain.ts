/** Chains of certificates from a signer to a trusted authority, by names and signatures alone (RFC 5280 section 6). */
import type { Certificate } from '../cms/parse-certificate.ts';

/** The signer first, the trusted authority last. */
export type Chain = readonly [Certificate, ...Certificate[]];

/** What a chain may be built from. */
export interface ChainMaterial {
  /** Trusted. */
  readonly authorities: readonly Certificate[];
  /** What the signature has brought: not trusted, only helpful. */
  readonly intermediates: readonly Certificate[];
}

/** Real chains have two to four certificates. */
const CHAIN_LENGTH_MAX = 6;
/** With ten certificates that all have one name, paths could otherwise be without number. */
const SIGNATURES_CHECKED_MAX = 64;

/** Every chain that holds together, the shortest first; whether a chain counts is decided elsewhere. */
export function findChains(signer: Certificate, material: ChainMaterial): readonly Chain[] {
  const complete: Chain[] = [];
  const open: Chain[] = [[signer]];
  let checked = 0;
  for (let chain = open.shift(); chain !== undefined; chain = open.shift()) {
    const last = chain.at(-1) ?? signer;
    for (const issuer of listIssuers(last, chain, material)) {
      checked += 1;
      if (checked > SIGNATURES_CHECKED_MAX) return complete;
      if (!isIssuedBy(last, issuer)) continue;
      const longer: Chain = [...chain, issuer];
      if (material.authorities.includes(issuer)) complete.push(longer);
      else if (longer.length < CHAIN_LENGTH_MAX) open.push(longer);
    }
  }
  return complete;
}

function listIssuers(
  { issuer }: Certificate,
  chain: Chain,
  { authorities, intermediates }: ChainMaterial,
): readonly Certificate[] {
  return [...authorities, ...intermediates].filter(
    (one) => one.subject.equals(issuer) && !chain.some(({ raw }) => raw.equals(one.raw)),
  );
}

function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificate.x509.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
