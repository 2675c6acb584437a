/**
 * Signatures that other projects publish: the conformance suite of sigstore, a bundle of cosign's own tests, and the registry of
 * Connaisseur's tests.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import type { Candidate } from '../../src/signature/cosign/candidate.ts';
import { decideSignatures } from '../../src/signature/cosign/decide-image-verdict.ts';
import { importPublicKey } from '../../src/signature/cosign/import-public-key.ts';
import { parseBundle } from '../../src/signature/cosign/parse-bundle.ts';
import { parseLayer } from '../../src/signature/cosign/parse-layer.ts';
import type { ImageAuthority, ImageRule } from '../../src/signature/cosign/image-rule.ts';
import { verifyCandidate } from '../../src/signature/cosign/verify-candidate.ts';
import { createProver } from '../../src/signature/cosign/verify-proof.ts';
import { importTrustedRoot } from '../../src/signature/sigstore/import-trusted-root.ts';
import type { TrustedRoot } from '../../src/signature/sigstore/sigstore-library.ts';
import { sha256 } from '../support/images/fake-registry.ts';
import { findPublicVectors, NO_VECTORS } from '../support/signatures/public-vectors.ts';

const folder = findPublicVectors();
const options = { skip: folder === undefined ? NO_VECTORS : false };
const SUITE = 'sigstore-conformance';
const PUBLIC_ROOT = 'cosign-bundle/trusted_root_pgi.json';

/**
 * Cases of the suite on whose verdict we do not agree, with the reason. One that is needed no longer fails the test.
 */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  [
    'happy-path-intoto-in-dsse-v3',
    'the certificate is for a workflow of one repository, and the provenance names another: the suite compares neither',
  ],
]);

/** Who signed the cases of the suite. */
const BEACON = {
  issuer: 'https://token.actions.githubusercontent.com',
  subject: {
    kind: 'pattern',
    value:
      'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main',
  },
} as const;

function path(...names: readonly string[]): string {
  return join(folder ?? '', ...names);
}

function readVector(...names: readonly string[]): Buffer {
  return readFileSync(path(...names));
}

function listCases(): readonly string[] {
  if (folder === undefined) return [];
  return readdirSync(path(SUITE)).filter((name) =>
    existsSync(path(SUITE, name, 'bundle.sigstore.json')),
  );
}

/** `verified`, or where the case fails: at its root, its key, or with a code. */
function judgeCase(name: string): string {
  const ownRoot = path(SUITE, name, 'trusted_root.json');
  const root = importTrustedRoot(
    (existsSync(ownRoot) ? readFileSync(ownRoot) : readVector(PUBLIC_ROOT)).toString(),
  );
  if (root.status === 'refused') return 'root refused';
  const authority = readAuthority(name, root.root);
  if (authority === undefined) return 'key refused';
  const candidate = parseBundle(readVector(SUITE, name, 'bundle.sigstore.json'));
  if (candidate.status === 'rejected') return candidate.code;
  const own = path(SUITE, name, 'artifact');
  const artifact = existsSync(own) ? readFileSync(own) : readVector(SUITE, 'a.txt');
  return judgeArtifact(candidate.value, artifact, authority);
}

function readAuthority(name: string, root: TrustedRoot): ImageAuthority | undefined {
  if (!existsSync(path(SUITE, name, 'key.pub'))) {
    return { kind: 'certificate', root, identities: [BEACON] };
  }
  const key = importPublicKey(readVector(SUITE, name, 'key.pub').toString());
  return key.status === 'read' ? { kind: 'key', key: key.value, root } : undefined;
}

/** The suite signs files: bytes as they are, or a statement about their digest. */
function judgeArtifact(candidate: Candidate, artifact: Buffer, authority: ImageAuthority): string {
  if (candidate.content.kind !== 'envelope') {
    const verification = createProver(candidate, { signedBytes: artifact }, Date.now())(authority);
    return verification.status === 'rejected' ? verification.code : verification.status;
  }
  const { payload } = candidate.content;
  const { predicateType } = z
    .looseObject({ predicateType: z.string() })
    .parse(JSON.parse(payload.toString()));
  const rule = wantAttestation(predicateType, authority);
  return judge(candidate, { digest: sha256(artifact), rule });
}

function wantSignature(authority: ImageAuthority): ImageRule {
  return { authorities: [{ name: 'own', authority }], required: 1, attestations: [] };
}

function wantAttestation(predicateType: string, authority: ImageAuthority): ImageRule {
  const authorities = [{ name: 'own', authority }];
  const attestations = [{ name: 'wanted', predicateType, authorities }];
  return { authorities: [], required: 0, attestations };
}

function inspect(
  candidate: Candidate,
  asked: { readonly digest: string; readonly rule: ImageRule },
) {
  const normalizeRepository = (url: string) => url;
  return verifyCandidate(candidate, { ...asked, nowMs: Date.now(), normalizeRepository });
}

/** The word for what one authority makes of a candidate. */
function judge(
  candidate: Candidate,
  asked: { readonly digest: string; readonly rule: ImageRule },
): string {
  const [verification] = inspect(candidate, asked).map((finding) => finding.verification);
  assert.ok(verification !== undefined);
  return verification.status === 'rejected' ? verification.code : verification.status;
}

describe('the conformance suite of sigstore', options, () => {
  for (const name of listCases()) {
    const isValid = !name.endsWith('_fail');
    it(`${name} is ${isValid ? 'verified' : 'refused'}`, () => {
      const found = judgeCase(name);
      const agrees = (found === 'verified') === isValid;
      assert.equal(agrees, !EXCEPTIONS.has(name), `${name}: ${found}`);
    });
  }

  it('has all its cases here', () => {
    assert.ok(listCases().length > 40, `${listCases().length} cases`);
  });
});

describe('the attestation of cosign’s own tests', options, () => {
  const TYPE = 'https://cosign.sigstore.dev/attestation/v1';
  const SIGNER = 'cody@soyland.com';
  const DIGEST = 'sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4';

  interface Asked {
    readonly digest?: string;
    /** Undefined: a signature is asked for. */
    readonly type?: string | undefined;
    readonly subject?: string;
  }

  function judgeOwn(asked: Asked = {}) {
    const { digest, type, subject } = { digest: DIGEST, type: TYPE, subject: SIGNER, ...asked };
    const root = importTrustedRoot(readVector(PUBLIC_ROOT).toString());
    const candidate = parseBundle(readVector('cosign-bundle/oci-attestation.sigstore.json'));
    assert.ok(root.status === 'read' && candidate.status === 'parsed');
    const identity = {
      issuer: 'https://github.com/login/oauth',
      subject: { kind: 'exact', value: subject },
    } as const;
    const authority = { kind: 'certificate', root: root.root, identities: [identity] } as const;
    const rule = type === undefined ? wantSignature(authority) : wantAttestation(type, authority);
    return judge(candidate.value, { digest, rule });
  }

  it('is verified with its type, its image and its signer', () => {
    assert.equal(judgeOwn(), 'verified');
  });

  it('is no signature, of no other type, and about no other image', () => {
    assert.equal(judgeOwn({ type: undefined }), 'predicate_type_mismatch');
    assert.equal(judgeOwn({ type: `${TYPE}/` }), 'predicate_type_mismatch');
    assert.equal(judgeOwn({ digest: sha256(Buffer.from('x')) }), 'subject_mismatch');
    assert.equal(judgeOwn({ subject: 'cody@soyland' }), 'identity_not_accepted');
  });
});

describe('the registry of Connaisseur’s tests', options, () => {
  const IMAGE = 'legacy-cosign/securesystemsengineering/testimage';
  const manifestSchema = z.looseObject({
    layers: z.array(
      z.looseObject({
        mediaType: z.string(),
        digest: z.string(),
        annotations: z.record(z.string(), z.string()),
      }),
    ),
  });
  const SINGLE = '071bf7a986f1ca9cb2a1f0bc8392822a7777f90d58f2d2c6f271913e08de7c81';
  const KEYLESS = '31dc72a13a0c34b40eb95419d2b2fd67320c856baf3b72da518023ee8d370aee';
  const MULTIPLE = 'bfec161fecb0a887df7cb85e4da327c65986ccda7060cf3cd92171c6c90d7533';

  function keyOf(name: string): ImageAuthority {
    const key = importPublicKey(readVector('legacy-cosign', `${name}.pub`).toString());
    assert.ok(key.status === 'read');
    return { kind: 'key', key: key.value };
  }

  function keyless(issuer: string, subject: string): ImageAuthority {
    const root = importTrustedRoot(readVector(PUBLIC_ROOT).toString());
    assert.ok(root.status === 'read');
    const identities = [{ issuer, subject: { kind: 'exact', value: subject } as const }];
    return { kind: 'certificate', root: root.root, identities };
  }

  function judgeTag(hex: string, authority: ImageAuthority, digest = `sha256:${hex}`): string {
    const text = readVector(IMAGE, 'manifests', `sha256-${hex}.sig.json`).toString();
    const { layers } = manifestSchema.parse(JSON.parse(text));
    const rule = wantSignature(authority);
    const findings = layers.map(({ mediaType, annotations, digest: blob }) => {
      const bytes = readVector(IMAGE, 'blobs', `${blob}.json`);
      const candidate = parseLayer({ mediaType, annotations, bytes }, 'simple signing');
      assert.ok(candidate.status === 'parsed');
      return inspect(candidate.value, { digest, rule });
    });
    const { verification } = decideSignatures(findings, rule);
    assert.ok(verification !== undefined);
    return verification.status === 'rejected' ? verification.code : verification.status;
  }

  it('has an image that one key has signed', () => {
    const found = ['alice', 'bob', 'charlie', 'default'].map((name) =>
      judgeTag(SINGLE, keyOf(name)),
    );
    assert.equal(found.filter((status) => status === 'verified').length, 1);
    assert.equal(found.filter((status) => status === 'bad_signature').length, 3);
  });

  it('has an image that three keys have signed', () => {
    const found = ['alice', 'bob', 'charlie', 'default'].map((name) =>
      judgeTag(MULTIPLE, keyOf(name)),
    );
    assert.deepEqual(found, ['verified', 'verified', 'verified', 'bad_signature']);
  });

  it('has an image that was signed by a certificate', () => {
    const issuer = 'https://github.com/login/oauth';
    const subject = 'philipp.belitz@securesystems.de';
    assert.equal(judgeTag(KEYLESS, keyless(issuer, subject)), 'verified');
    assert.equal(
      judgeTag(KEYLESS, keyless('https://accounts.google.com', subject)),
      'identity_not_accepted',
    );
    assert.equal(judgeTag(KEYLESS, keyless(issuer, 'belitz@secure')), 'identity_not_accepted');
    assert.equal(judgeTag(KEYLESS, keyOf('alice')), 'bad_signature');
  });

  it('has no signature that counts for another image', () => {
    assert.equal(judgeTag(SINGLE, keyOf('default'), `sha256:${MULTIPLE}`), 'subject_mismatch');
  });
});
