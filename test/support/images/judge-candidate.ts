/** Candidates by keys and by certificates of one instance of sigstore, and what verifiers make of them. */
import assert from 'node:assert/strict';
import type { AttachedLayer } from '../../../src/signature/cosign/candidate.ts';
import { importPublicKey } from '../../../src/signature/cosign/import-public-key.ts';
import { classifyLayer, parseLayer } from '../../../src/signature/cosign/parse-layer.ts';
import type { ImageAuthority, ImageRule } from '../../../src/signature/cosign/image-rule.ts';
import {
  verifyCandidate,
  type CandidateFinding,
} from '../../../src/signature/cosign/verify-candidate.ts';
import type { Verification } from '../../../src/signature/verification.ts';
import { readTrustedRoot } from '../../../src/signature/sigstore/sigstore-library.ts';
import type { AcceptedIdentity } from '../../../src/signature/sigstore/match-identity.ts';
import { sha256 } from './fake-registry.ts';
import {
  bundleLayer,
  legacyLayer,
  logEnvelope,
  logSignature,
  makeKeys,
  preAuthEncoding,
  publicPem,
  signBytes,
  simpleSigning,
  statement,
  type Keys,
  type NewLegacyLayer,
} from './image-samples.ts';
import { emailName, pem, type Issued } from '../signatures/certificate-builder.ts';
import { SigstoreInstance } from '../signatures/sigstore-instance.ts';

export const DIGEST = sha256(Buffer.from('the image'));
export const ISSUER = 'https://accounts.example.com';
export const EMAIL = 'ada@example.com';
export const PROVENANCE = 'https://slsa.dev/provenance/v1';
export const WORKFLOW = 'https://example.com/shop/.github/workflows/build.yml@refs/heads/main';

export const instance = await SigstoreInstance.start();
export const root = rootOf(instance);
export const ada = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
export const keys = makeKeys();

export function rootOf(one: SigstoreInstance) {
  const reading = readTrustedRoot(one.trustedRoot());
  assert.ok(reading.status === 'read');
  return reading.root;
}

export function byKey(pair: Keys, withRoot = false): ImageAuthority {
  const reading = importPublicKey(publicPem(pair));
  assert.ok(reading.status === 'read');
  return { kind: 'key', key: reading.value, root: withRoot ? root : undefined };
}

export function byCertificate(...subjects: readonly string[]): ImageAuthority {
  const identities = (subjects.length === 0 ? [EMAIL] : subjects).map(
    (value): AcceptedIdentity => ({ issuer: ISSUER, subject: { kind: 'exact', value } }),
  );
  return { kind: 'certificate', root, identities };
}

export interface Asked {
  readonly authority?: ImageAuthority;
  readonly nowMs?: number;
  /** Absent: a signature is asked for. */
  readonly predicateType?: string;
}

export function inspect(
  layer: AttachedLayer,
  rule: ImageRule,
  nowMs = instance.atMs,
): readonly CandidateFinding[] {
  const format = classifyLayer(layer.mediaType);
  assert.ok(format !== undefined);
  const candidate = parseLayer(layer, format);
  if (candidate.status === 'rejected') return [{ kind: 'none', verification: candidate }];
  const normalizeRepository = (url: string) => url;
  return verifyCandidate(candidate.value, { digest: DIGEST, rule, nowMs, normalizeRepository });
}

export function verify(layer: AttachedLayer, asked: Asked = {}): Verification {
  const { authority = byKey(keys), nowMs, predicateType } = asked;
  const authorities = [{ name: 'own', authority }];
  const rule: ImageRule =
    predicateType === undefined
      ? { authorities, required: 1, attestations: [] }
      : {
          authorities: [],
          required: 0,
          attestations: [{ name: 'wanted', predicateType, authorities }],
        };
  const [finding, ...others] = inspect(layer, rule, nowMs);
  assert.ok(finding !== undefined && others.length === 0);
  return finding.verification;
}

/** The status of the verdict, or the code of the refusal. */
export function judge(layer: AttachedLayer, asked: Asked = {}): string {
  const verification = verify(layer, asked);
  return verification.status === 'rejected' ? verification.code : verification.status;
}

export function legacy(options: Partial<NewLegacyLayer> = {}): AttachedLayer {
  return legacyLayer({ payload: simpleSigning(DIGEST), signer: keys, ...options });
}

/** A legacy layer of a certificate, with its promise of the log. */
export function legacyKeyless(
  signer: Issued = ada,
  payload = simpleSigning(DIGEST),
): AttachedLayer {
  const signature = signBytes(signer, payload);
  const logged = logSignature(instance, { signer, bytes: payload, signature });
  return legacy({ payload, signature, certificatePem: pem(signer.certificate), logged });
}

export function keyBundle(payload: Buffer, pair: Keys = keys, hash = 'sha256'): AttachedLayer {
  const signature = signBytes(pair, preAuthEncoding(payload), hash);
  return bundleLayer({ payload, signature });
}

/** A bundle of a certificate, with its entry of the kind dsse. */
export function keylessBundle(signer: Issued = ada, payload = statement(DIGEST)): AttachedLayer {
  const signature = signBytes(signer, preAuthEncoding(payload));
  const entries = [logEnvelope(instance, { signer, payload, signature })];
  return bundleLayer({ certificate: signer.certificate, payload, signature, entries });
}
