/** Decides whether certificates on disk are still usable, and if not, why. Renewal is this rule alone. */
import type { WallMs } from '../base/clock.ts';
import type { AlternativeNames } from './parse-alternative-names.ts';
import type { CertificateFacts } from './certificate-facts.ts';

export interface CertificatePlanInput {
  readonly authority: CertificateFacts;
  readonly leaf: CertificateFacts;
  /** The names that clients will use, checked and sorted. */
  readonly names: AlternativeNames;
  readonly nowMs: WallMs;
  /** Regenerate even valid certificates. */
  readonly force: boolean;
}

export interface CertificateStep {
  readonly regenerate: boolean;
  /** One sentence for a person, also if the pair is kept. */
  readonly reason: string;
}

export interface CertificatePlan {
  readonly authority: CertificateStep;
  readonly leaf: CertificateStep;
}

// Two thirds, as in cert-manager: a weekly timer can fail for months before the certificate expires.
const RENEW_AT_SHARE_OF_LIFE = 2 / 3;
const DAY_MS = 86_400_000;

/** Decides what to issue. A new CA always requires a new leaf. */
export function planCertificates(input: CertificatePlanInput): CertificatePlan {
  const authority = planAuthority(input);
  const leaf = authority.regenerate
    ? regenerate('The authority is issued anew, so is everything it signs')
    : planLeaf(input);
  return { authority, leaf };
}

function planAuthority({ authority, nowMs, force }: CertificatePlanInput): CertificateStep {
  if (force) return regenerate('A new one was asked for');
  const assessed = assess(authority, nowMs);
  if (assessed.status === 'unfit') return regenerate(assessed.reason);
  if (!assessed.facts.isAuthority) {
    return regenerate('It may not sign other certificates (basicConstraints)');
  }
  return keep(assessed.facts, nowMs);
}

function planLeaf({ leaf, names, nowMs }: CertificatePlanInput): CertificateStep {
  const assessed = assess(leaf, nowMs);
  if (assessed.status === 'unfit') return regenerate(assessed.reason);
  const { facts } = assessed;
  if (!facts.issuedByAuthority) return regenerate('It is not signed by the authority beside it');
  const missing = missingNames(facts, names);
  if (missing.length > 0) return regenerate(`It lacks the names ${missing.join(', ')}`);
  return keep(facts, nowMs);
}

type ReadableFacts = Extract<CertificateFacts, { status: 'readable' }>;

type Assessed =
  | { readonly status: 'fit'; readonly facts: ReadableFacts }
  | { readonly status: 'unfit'; readonly reason: string };

function assess(facts: CertificateFacts, nowMs: WallMs): Assessed {
  if (facts.status === 'missing') return unfit('There is none');
  if (facts.status === 'damaged') return unfit(`It is damaged: ${facts.reason}`);
  if (!facts.keyMatches) return unfit('The key does not belong to the certificate');
  if (facts.notBeforeMs > nowMs) return unfit(`It is valid only from ${day(facts.notBeforeMs)}`);
  if (facts.notAfterMs <= nowMs) return unfit(`It expired on ${day(facts.notAfterMs)}`);
  if (nowMs >= renewAtMs(facts)) return unfit('Two thirds of its life are over');
  return { status: 'fit', facts };
}

function unfit(reason: string): Assessed {
  return { status: 'unfit', reason };
}

// Additional names are harmless; removing them would break a client that still uses them.
function missingNames(
  leaf: AlternativeNames,
  { dnsNames, ipAddresses }: AlternativeNames,
): readonly string[] {
  return [
    ...dnsNames.filter((name) => !leaf.dnsNames.includes(name)),
    ...ipAddresses.filter((address) => !leaf.ipAddresses.includes(address)),
  ];
}

function renewAtMs(facts: ReadableFacts): number {
  return facts.notBeforeMs + (facts.notAfterMs - facts.notBeforeMs) * RENEW_AT_SHARE_OF_LIFE;
}

function regenerate(reason: string): CertificateStep {
  return { regenerate: true, reason };
}

function keep(facts: ReadableFacts, nowMs: WallMs): CertificateStep {
  const days = Math.floor((renewAtMs(facts) - nowMs) / DAY_MS);
  return {
    regenerate: false,
    reason: `It is good until ${day(facts.notAfterMs)} and due for renewal in ${String(days)} days`,
  };
}

function day(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
