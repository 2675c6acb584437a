/**
 * The next step by which Holdfast keeps its own certificates, from what is there: the Secret, what is registered, what the
 * replicas serve, and the time of the API server. Nothing is remembered between steps, so that a process that dies after any
 * of them leaves a state from which the next leader goes on.
 *
 * A new authority is first registered beside the old one; then it signs the certificate; then, when every replica serves that,
 * the old one goes. At every moment each registered caBundle trusts what each replica serves.
 *
 * The time is the API server's, which judges whether a certificate is valid: a leader whose own clock jumped would else make
 * certificates that are not valid yet, and every write would fail.
 */
import type { X509Certificate } from 'node:crypto';
import type { WallMs } from '../base/clock.ts';
import { readCertificateFacts } from './certificate-facts.ts';
import type { CertificateFacts, PemPair } from './certificate-facts.ts';
import { isValid, matchAuthorities } from './match-trust.ts';
import type { AlternativeNames } from './parse-alternative-names.ts';
import type { ParsedSecret, StoredCertificates } from './parse-certificate-secret.ts';
import { CERTIFICATES_SECRET, CERTIFICATES_SECRET_TYPE } from './parse-certificate-secret.ts';
import { formatCertificates, parseCertificates, parseDistinct } from './parse-certificates.ts';
import type { RegisteredWebhook } from './parse-registered.ts';
import { CERTIFICATE_LIMITS } from './settings.ts';
import type { CertificatesSettings } from './settings.ts';

export interface RotationInput {
  readonly secret: ParsedSecret;
  /** Of our webhooks; empty while none is registered. */
  readonly webhooks: readonly RegisteredWebhook[];
  /** How long what is registered is as it is now, as this process saw it. */
  readonly unchangedMs: number;
  /** The certificate that each replica serves, this one among them. */
  readonly replicas: readonly ReplicaServing[];
  /** Whether the API server got an answer of ours when it was last tried; `unknown` where no policy shows it. */
  readonly reached: 'yes' | 'no' | 'unknown';
  /** By the clock of the API server. */
  readonly nowMs: WallMs;
  /** Checked and sorted. */
  readonly names: AlternativeNames;
  readonly settings: Pick<
    CertificatesSettings,
    'leafLifetimeMs' | 'authorityLifetimeMs' | 'overlapMs' | 'settleMs'
  >;
}

/** What one replica serves. */
export interface ReplicaServing {
  readonly replica: string;
  /** SHA-256 of the leaf; empty before it serves one. */
  readonly fingerprint: string;
}

/**
 * - `none`: all is as it should be
 * - `wait`: the time for the next step has not come
 * - `blocked`: something that is not ours to change is in the way
 * - `make-authority`: write it into the Secret as the next one
 * - `trust`, `distrust`: register these authorities, one more or some fewer
 * - `make-leaf`: sign one by this authority, and write both into the Secret
 */
export type RotationStep = { readonly reason: string } & (
  | { readonly kind: 'none' | 'wait' }
  | { readonly kind: 'blocked'; readonly remedy: string }
  | { readonly kind: 'make-authority'; readonly kept: StoredCertificates }
  | { readonly kind: 'trust' | 'distrust'; readonly bundlePem: string }
  | { readonly kind: 'make-leaf'; readonly authority: PemPair }
);

// Two thirds, as in cert-manager: what is in the way of a renewal can last for a third of a certificate's life.
const RENEW_AT_SHARE_OF_LIFE = 2 / 3;
/** From here on a certificate is renewed although the API server cannot be seen to reach us: it can become no worse. */
const HURRY_AT_SHARE_OF_LIFE = 5 / 6;

/** A pair with what it is. */
interface Known {
  readonly pair: PemPair;
  readonly certificate: X509Certificate;
  readonly facts: Extract<CertificateFacts, { status: 'readable' }>;
}

/** Decides the next step. */
export function planRotation(input: RotationInput): RotationStep {
  const { secret } = input;
  if (secret.status === 'foreign') return foreign(secret.type);
  const stored = secret.status === 'absent' ? {} : secret.stored;
  const authority = read(stored.authority);
  const next = read(stored.next);
  const signer = [next, authority].find((known) => canSign(known, input));
  if (signer === undefined || (signer === authority && isOld(signer, authorityLife(input)))) {
    return makeAuthority(stored, authority, input);
  }
  const leaf = read(stored.leaf, signer.pair.certificatePem);
  return (
    planTrust({ signer, authority, leaf }, input) ??
    planLeaf({ signer, leaf }, input) ??
    planDistrust({ signer, leaf }, input) ?? { kind: 'none', reason: 'Everything is in order' }
  );
}

function foreign(type: string): RotationStep {
  return {
    kind: 'blocked',
    reason: `The Secret ${CERTIFICATES_SECRET} is of type "${type}", so it belongs to somebody else`,
    remedy: `Delete it: Holdfast makes one of type ${CERTIFICATES_SECRET_TYPE}`,
  };
}

function read(pair: PemPair | undefined, authorityPem?: string): Known | undefined {
  const facts = readCertificateFacts(pair, authorityPem);
  const [certificate] = parseCertificates(pair?.certificatePem ?? '');
  if (pair === undefined || facts.status !== 'readable' || certificate === undefined) {
    return undefined;
  }
  return { pair, facts, certificate };
}

function canSign(known: Known | undefined, { nowMs }: RotationInput): known is Known {
  const isAuthority = known?.facts.isAuthority === true && known.facts.keyMatches;
  return isAuthority && isValid(known.certificate, nowMs);
}

interface Life {
  readonly lifetimeMs: number;
  readonly nowMs: WallMs;
}

function authorityLife({ nowMs, settings }: RotationInput): Life {
  return { nowMs, lifetimeMs: settings.authorityLifetimeMs };
}

/** Whether so much of its life is over: that of the settings, if they were shortened since. */
function isOld({ facts }: Known, life: Life, share = RENEW_AT_SHARE_OF_LIFE): boolean {
  const beginMs = madeAtMs(facts);
  const endMs = Math.min(facts.notAfterMs, beginMs + life.lifetimeMs);
  return life.nowMs >= beginMs + (endMs - beginMs) * share;
}

function madeAtMs({ notBeforeMs }: Known['facts']): number {
  return notBeforeMs + CERTIFICATE_LIMITS['certificates.clockSkewMs'].default;
}

function makeAuthority(
  stored: StoredCertificates,
  authority: Known | undefined,
  { secret }: RotationInput,
): RotationStep {
  const why = authority === undefined ? 'There is none that can be read' : 'It is old or unusable';
  return {
    kind: 'make-authority',
    reason: secret.status === 'absent' ? 'There is no Secret yet' : why,
    kept: { authority: stored.authority, leaf: stored.leaf },
  };
}

interface Pairs {
  readonly signer: Known;
  readonly leaf: Known | undefined;
}

/** Both authorities must be registered everywhere: the one that signs, and the one that has signed what is served. */
function planTrust(
  { signer, authority, leaf }: Pairs & { readonly authority: Known | undefined },
  { webhooks, nowMs }: RotationInput,
): RotationStep | undefined {
  const hasSigned =
    authority !== undefined &&
    leaf !== undefined &&
    matchAuthorities({
      chain: [leaf.certificate],
      authorities: [authority.certificate],
      nowMs,
    }).length > 0;
  const wanted = [signer.certificate, ...(hasSigned ? [authority.certificate] : [])];
  const missing = webhooks.filter(({ authorities }) => !includesAll(authorities, wanted));
  if (missing.length === 0) return undefined;
  // What is registered now stays: a replica may serve under it that nobody knows of.
  const others = webhooks.flatMap(({ authorities }) => authorities);
  const kept = parseDistinct([...wanted, ...others.filter((other) => isValid(other, nowMs))]);
  const max = CERTIFICATE_LIMITS['certificates.bundleCertificatesMax'].default;
  return {
    kind: 'trust',
    reason: `The authority is not registered for ${missing.map(({ name }) => name).join(', ')}`,
    bundlePem: formatCertificates(kept.slice(0, max)),
  };
}

function includesAll(
  authorities: readonly X509Certificate[],
  wanted: readonly X509Certificate[],
): boolean {
  const registered = new Set(authorities.map(({ fingerprint256 }) => fingerprint256));
  return wanted.every(({ fingerprint256 }) => registered.has(fingerprint256));
}

/** Only now, as every webhook trusts the signer. */
function planLeaf({ signer, leaf }: Pairs, input: RotationInput): RotationStep | undefined {
  const { webhooks, unchangedMs, reached, nowMs, settings } = input;
  const reason = whyAnew(leaf, input);
  if (reason === undefined) return undefined;
  const step: RotationStep = { kind: 'make-leaf', reason, authority: signer.pair };
  if (webhooks.length === 0 || leaf === undefined || !serves(leaf, input)) return step;
  // What is served works: nothing is lost by waiting until each API server has learned of the new authority.
  if (unchangedMs < settings.settleMs) {
    return { kind: 'wait', reason: 'API servers learn of the authority that was registered' };
  }
  const life = { nowMs, lifetimeMs: settings.leafLifetimeMs };
  if (reached !== 'no' || isOld(leaf, life, HURRY_AT_SHARE_OF_LIFE)) return step;
  return unreached();
}

function whyAnew(
  leaf: Known | undefined,
  { names, nowMs, settings }: RotationInput,
): string | undefined {
  if (leaf === undefined) return 'There is no certificate that can be read';
  const { facts, certificate } = leaf;
  if (!facts.keyMatches) return 'The key does not belong to the certificate';
  if (!facts.issuedByAuthority) return 'Another authority has signed the certificate';
  if (!isValid(certificate, nowMs)) return 'The certificate is not valid now';
  if (isOld(leaf, { nowMs, lifetimeMs: settings.leafLifetimeMs })) {
    return 'Two thirds of its life are over';
  }
  const missing = [
    ...names.dnsNames.filter((name) => !facts.dnsNames.includes(name)),
    ...names.ipAddresses.filter((address) => !facts.ipAddresses.includes(address)),
  ];
  return missing.length === 0 ? undefined : `It lacks the names ${missing.join(', ')}`;
}

/** Whether the API server can use it as it is. */
function serves({ certificate, facts }: Known, { webhooks, nowMs }: RotationInput): boolean {
  const chain = [certificate];
  return (
    facts.keyMatches &&
    webhooks.every(({ authorities }) => matchAuthorities({ chain, authorities, nowMs }).length > 0)
  );
}

function unreached(): RotationStep {
  return {
    kind: 'blocked',
    reason: 'The API server gets no answer of Holdfast, although it trusts what is served',
    remedy: 'Run holdfast doctor, and look at the network between the API server and the pods',
  };
}

/** Last of all, and never before everybody serves what the new authority has signed. */
function planDistrust({ signer, leaf }: Pairs, input: RotationInput): RotationStep | undefined {
  const { webhooks, replicas, reached, nowMs, settings } = input;
  const isOver = webhooks.some(({ authorities }) => authorities.length > 1);
  if (!isOver || leaf === undefined) return undefined;
  const { fingerprint256 } = leaf.certificate;
  const late = replicas.filter(({ fingerprint }) => fingerprint !== fingerprint256);
  if (nowMs < madeAtMs(leaf.facts) + settings.overlapMs) {
    return { kind: 'wait', reason: 'The old authority stays for a while (certificates.overlapMs)' };
  }
  if (late.length > 0) {
    const who = late.map(({ replica }) => replica).join(', ');
    return {
      kind: 'blocked',
      reason: `${who} does not serve the new certificate yet`,
      remedy: `Look at the log of ${who}; a replica that is gone is forgotten after ten minutes`,
    };
  }
  if (reached === 'no') return unreached();
  return {
    kind: 'distrust',
    reason: 'Every replica serves what the new authority has signed',
    bundlePem: formatCertificates([signer.certificate]),
  };
}
