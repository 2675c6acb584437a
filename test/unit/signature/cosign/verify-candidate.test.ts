import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttachedLayer } from '../../../../src/signature/cosign/candidate.ts';
import { importPublicKey } from '../../../../src/signature/cosign/import-public-key.ts';
import { classifyLayer, parseLayer } from '../../../../src/signature/cosign/parse-layer.ts';
import type { ImageAuthority, ImageRule } from '../../../../src/signature/cosign/image-rule.ts';
import {
  verifyCandidate,
  type CandidateFinding,
} from '../../../../src/signature/cosign/verify-candidate.ts';
import { verifyProof } from '../../../../src/signature/cosign/verify-proof.ts';
import type { Verification } from '../../../../src/signature/verification.ts';
import { readTrustedRoot } from '../../../../src/signature/sigstore/sigstore-library.ts';
import type { AcceptedIdentity } from '../../../../src/signature/sigstore/match-identity.ts';
import { sha256 } from '../../../support/images/fake-registry.ts';
import {
  BUNDLE,
  ENVELOPE,
  formatBundle,
  IN_TOTO,
  bundleLayer,
  legacyLayer,
  logEnvelope,
  logKeySignature,
  logSignature,
  makeKeys,
  OTHER_DIGEST,
  preAuthEncoding,
  publicPem,
  signBytes,
  simpleSigning,
  stamp,
  statement,
  type Keys,
  type NewLegacyLayer,
} from '../../../support/images/image-samples.ts';
import {
  CODE_SIGNING,
  emailName,
  issue,
  pem,
  uriName,
  type Issued,
} from '../../../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../../../support/signatures/sigstore-instance.ts';

const DIGEST = sha256(Buffer.from('the image'));
const ISSUER = 'https://accounts.example.com';
const EMAIL = 'ada@example.com';
const PROVENANCE = 'https://slsa.dev/provenance/v1';

const instance = await SigstoreInstance.start();
const root = rootOf(instance);
const ada = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
const keys = makeKeys();

function rootOf(one: SigstoreInstance) {
  const reading = readTrustedRoot(one.trustedRoot());
  assert.ok(reading.status === 'read');
  return reading.root;
}

function byKey(pair: Keys, withRoot = false): ImageAuthority {
  const reading = importPublicKey(publicPem(pair));
  assert.ok(reading.status === 'read');
  return { kind: 'key', key: reading.value, root: withRoot ? root : undefined };
}

function byCertificate(...subjects: readonly string[]): ImageAuthority {
  const identities = (subjects.length === 0 ? [EMAIL] : subjects).map(
    (value): AcceptedIdentity => ({ issuer: ISSUER, subject: { kind: 'exact', value } }),
  );
  return { kind: 'certificate', root, identities };
}

interface Asked {
  readonly authority?: ImageAuthority;
  readonly nowMs?: number;
  /** Absent: a signature is asked for. */
  readonly predicateType?: string;
}

function inspect(
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

function verify(layer: AttachedLayer, asked: Asked = {}): Verification {
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
function judge(layer: AttachedLayer, asked: Asked = {}): string {
  const verification = verify(layer, asked);
  return verification.status === 'rejected' ? verification.code : verification.status;
}

function legacy(options: Partial<NewLegacyLayer> = {}): AttachedLayer {
  return legacyLayer({ payload: simpleSigning(DIGEST), signer: keys, ...options });
}

/** A legacy layer of a certificate, with its promise of the log. */
function legacyKeyless(signer: Issued = ada, payload = simpleSigning(DIGEST)): AttachedLayer {
  const signature = signBytes(signer, payload);
  const logged = logSignature(instance, { signer, bytes: payload, signature });
  return legacy({ payload, signature, certificatePem: pem(signer.certificate), logged });
}

function keyBundle(payload: Buffer, pair: Keys = keys, hash = 'sha256'): AttachedLayer {
  const signature = signBytes(pair, preAuthEncoding(payload), hash);
  return bundleLayer({ payload, signature });
}

/** A bundle of a certificate, with its entry of the kind dsse. */
function keylessBundle(signer: Issued = ada, payload = statement(DIGEST)): AttachedLayer {
  const signature = signBytes(signer, preAuthEncoding(payload));
  const entries = [logEnvelope(instance, { signer, payload, signature })];
  return bundleLayer({ certificate: signer.certificate, payload, signature, entries });
}

describe('verifyCandidate() by a key', () => {
  it('counts a legacy signature and a bundle', () => {
    assert.equal(judge(legacy()), 'verified');
    assert.equal(judge(keyBundle(statement(DIGEST))), 'verified');
  });

  it('names the key by its fingerprint', () => {
    const authority = byKey(keys);
    assert.ok(authority.kind === 'key');
    const { fingerprint } = authority.key;
    const signer = { scheme: 'cosign', method: 'key', fingerprint };
    assert.deepEqual(verify(legacy(), { authority }), { status: 'verified', signer });
  });

  for (const [kind, hashes] of [
    ['P-256', ['sha256']],
    ['P-384', ['sha256', 'sha384']],
    ['P-521', ['sha256', 'sha512']],
    ['rsa', ['sha256']],
    ['ed25519', ['']],
  ] as const) {
    it(`counts signatures of ${kind}`, () => {
      const pair = makeKeys(kind);
      const payload = simpleSigning(DIGEST);
      for (const hash of hashes) {
        const signed = { payload, signature: signBytes(pair, payload, hash) };
        assert.equal(judge(legacy(signed), { authority: byKey(pair) }), 'verified');
        const enveloped = keyBundle(statement(DIGEST), pair, hash);
        assert.equal(judge(enveloped, { authority: byKey(pair) }), 'verified');
      }
    });
  }

  it('refuses the signature of another key, and of other bytes', () => {
    assert.equal(judge(legacy(), { authority: byKey(makeKeys()) }), 'bad_signature');
    const signature = signBytes(keys, simpleSigning(OTHER_DIGEST));
    assert.equal(judge(legacy({ signature })), 'bad_signature');
    const payload = statement(DIGEST);
    assert.equal(judge(bundleLayer({ payload, signature })), 'bad_signature');
    assert.equal(
      judge(legacy({ signature: signBytes(keys, simpleSigning(DIGEST), 'sha1') })),
      'bad_signature',
    );
  });

  it('refuses a signature over the payload of an envelope without its type', () => {
    const payload = statement(DIGEST);
    assert.equal(
      judge(bundleLayer({ payload, signature: signBytes(keys, payload) })),
      'bad_signature',
    );
  });

  it('refuses what was signed for another image', () => {
    assert.equal(judge(legacy({ payload: simpleSigning(OTHER_DIGEST) })), 'subject_mismatch');
    assert.equal(judge(keyBundle(statement(OTHER_DIGEST))), 'subject_mismatch');
    assert.equal(judge(keyBundle(statement(DIGEST.replace('sha256', 'sha1')))), 'subject_mismatch');
  });

  it('says how many other images a statement is about', () => {
    const payload = statement(OTHER_DIGEST).toString();
    const two = payload.replace('"digest":{', '"digest":{"sha1":"aa",');
    assert.deepEqual(verify(keyBundle(Buffer.from(two))), {
      status: 'rejected',
      code: 'subject_mismatch',
      reason: 'It is about sha1:aa and 1 more, not this image',
    });
  });

  it('refuses a payload that is no signature of a container', () => {
    const payload = simpleSigning(DIGEST, 'atomic container signature');
    assert.equal(judge(legacy({ payload })), 'wrong_usage');
  });

  it('asks for the entry of the log where a trusted root is given', () => {
    const authority = byKey(keys, true);
    const payload = simpleSigning(DIGEST);
    const signature = signBytes(keys, payload);
    assert.equal(judge(legacy(), { authority }), 'transparency_log_entry_missing');
    const logged = logKeySignature(instance, { keys, bytes: payload, signature });
    assert.equal(judge(legacy({ signature, logged }), { authority }), 'verified');
  });

  it('refuses an entry of the log about another key, signature or payload', () => {
    const authority = byKey(keys, true);
    const payload = simpleSigning(DIGEST);
    const signature = signBytes(keys, payload);
    const other = makeKeys();
    for (const logged of [
      logKeySignature(instance, { keys: other, bytes: payload, signature }),
      logKeySignature(instance, { keys, bytes: payload, signature: signBytes(keys, payload) }),
      logKeySignature(instance, { keys, bytes: Buffer.from('other'), signature }),
    ]) {
      assert.equal(
        judge(legacy({ signature, logged }), { authority }),
        'transparency_log_entry_invalid',
      );
    }
  });
});

describe('verifyCandidate() by a certificate', () => {
  const authority = byCertificate();

  it('counts a legacy signature with the promise of the log, and a bundle with its proof', () => {
    assert.equal(judge(legacyKeyless(), { authority }), 'verified');
    assert.equal(judge(keylessBundle(), { authority }), 'verified');
  });

  it('counts an entry of Rekor v2 with a timestamp, and none without', async () => {
    const payload = statement(DIGEST);
    const bytes = preAuthEncoding(payload);
    const signature = signBytes(ada, bytes);
    const entries = [logSignature(instance, { signer: ada, bytes, signature }, '0.0.2')];
    const options = { certificate: ada.certificate, payload, signature, entries };
    const timestamps = [await stamp(instance, signature)];
    const others = [await stamp(instance, Buffer.from('another signature'))];

    assert.equal(judge(bundleLayer({ ...options, timestamps }), { authority }), 'verified');
    assert.equal(judge(bundleLayer(options), { authority }), 'transparency_log_entry_invalid');
    assert.equal(
      judge(bundleLayer({ ...options, timestamps: others }), { authority }),
      'transparency_log_entry_invalid',
    );
  });

  it('compares issuer and subject as a whole', async () => {
    for (const subject of ['da@example.com', 'ada@example.co', 'ada@example.com.evil.org', '.*']) {
      assert.equal(
        judge(keylessBundle(), { authority: byCertificate(subject) }),
        'identity_not_accepted',
      );
    }
    const elsewhere = await instance.issue({ names: [emailName(EMAIL)], issuer: `${ISSUER}.org` });
    assert.equal(judge(keylessBundle(elsewhere), { authority }), 'identity_not_accepted');
    const workflow = 'https://github.com/example/shop/.github/workflows/release.yml@refs/tags/v1';
    const built = await instance.issue({ names: [uriName(workflow)], issuer: ISSUER });
    const pattern = 'https://github.com/example/shop/.github/workflows/*@refs/tags/*';
    const identities = [{ issuer: ISSUER, subject: { kind: 'pattern', value: pattern } as const }];
    assert.equal(
      judge(keylessBundle(built), { authority: { kind: 'certificate', root, identities } }),
      'verified',
    );
  });

  it('refuses a signature by a key, which names nobody', () => {
    assert.equal(judge(legacy(), { authority }), 'unknown_key');
    assert.equal(judge(keyBundle(statement(DIGEST)), { authority }), 'unknown_key');
  });

  it('refuses a public key in the place of the certificate (GHSA-fx35-mq7g-6g98)', () => {
    const payload = simpleSigning(DIGEST);
    const signature = signBytes(keys, payload);
    const logged = logKeySignature(instance, { keys, bytes: payload, signature });
    for (const certificatePem of [
      publicPem(keys),
      `${publicPem(keys)}${pem(ada.certificate)}`,
      `${pem(ada.certificate)}${publicPem(keys)}`,
    ]) {
      assert.equal(
        judge(legacy({ signature, certificatePem, logged }), { authority }),
        'malformed_signature',
      );
    }
  });

  it('refuses an entry about another certificate, signature or artifact (GHSA-whqx-f9j3-ch6m)', async () => {
    const payload = simpleSigning(DIGEST);
    const signature = signBytes(ada, payload);
    const certificatePem = pem(ada.certificate);
    const eve = await instance.issue({ names: [emailName('eve@example.com')], issuer: ISSUER });
    for (const logged of [
      logSignature(instance, { signer: eve, bytes: payload, signature }),
      logSignature(instance, { signer: ada, bytes: payload, signature: signBytes(ada, payload) }),
      logSignature(instance, { signer: ada, bytes: Buffer.from('other'), signature }),
    ]) {
      assert.equal(
        judge(legacy({ payload, signature, certificatePem, logged }), { authority }),
        'transparency_log_entry_invalid',
      );
    }
    const enveloped = statement(DIGEST);
    const over = signBytes(ada, preAuthEncoding(enveloped));
    const stolen = logEnvelope(instance, { signer: eve, payload: enveloped, signature: over });
    const options = { certificate: ada.certificate, payload: enveloped, signature: over };
    assert.equal(
      judge(bundleLayer({ ...options, entries: [stolen] }), { authority }),
      'transparency_log_entry_invalid',
    );
  });

  it('refuses a signature without an entry of the log', () => {
    const payload = statement(DIGEST);
    const signature = signBytes(ada, preAuthEncoding(payload));
    assert.equal(
      judge(bundleLayer({ certificate: ada.certificate, payload, signature }), { authority }),
      'transparency_log_entry_missing',
    );
    assert.equal(
      judge(legacy({ signer: ada, certificatePem: pem(ada.certificate) }), { authority }),
      'transparency_log_entry_missing',
    );
  });

  it('refuses a time that was changed after the log has promised it', () => {
    const layer = legacyKeyless();
    const name = 'dev.sigstore.cosign/bundle';
    const seconds = Math.floor(instance.atMs / 1000);
    const changed = (layer.annotations[name] ?? '').replace(`${seconds}`, `${seconds + 60}`);
    assert.notEqual(changed, layer.annotations[name]);
    assert.equal(
      judge({ ...layer, annotations: { ...layer.annotations, [name]: changed } }, { authority }),
      'transparency_log_entry_invalid',
    );
  });

  it('refuses an entry of the future', () => {
    const nowMs = instance.atMs - 600_000;
    assert.equal(judge(keylessBundle(), { authority, nowMs }), 'future_signature');
  });

  it('refuses the certificate of another instance, and one that is not for code', async () => {
    const other = await SigstoreInstance.start();
    const stranger = await other.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
    assert.equal(judge(keylessBundle(stranger), { authority }), 'certificate_invalid');
    const forMail = issue({ commonName: '', names: [emailName(EMAIL)] });
    assert.equal(judge(legacyKeyless(forMail), { authority }), 'wrong_usage');
    const own = issue({ commonName: 'own', names: [emailName(EMAIL)], purposes: [CODE_SIGNING] });
    assert.equal(judge(legacyKeyless(own), { authority }), 'certificate_invalid');
  });

  it('refuses a certificate that names nobody, or two', async () => {
    for (const names of [[], [emailName(EMAIL), emailName('eve@example.com')]]) {
      const signer = await instance.issue({ names, issuer: ISSUER });
      assert.equal(judge(keylessBundle(signer), { authority }), 'certificate_invalid');
    }
  });

  it('refuses a certificate whose key is of a curve that is not accepted', async () => {
    const weak = issue({
      commonName: '',
      curve: 'secp256k1',
      purposes: [CODE_SIGNING],
      names: [emailName(EMAIL)],
    });
    assert.equal(judge(legacyKeyless(weak), { authority }), 'unsupported_key');
  });
});

describe('verifyCandidate() and what is wanted', () => {
  const attestation = keyBundle(statement(DIGEST, PROVENANCE));

  it('takes no attestation for a signature', () => {
    assert.equal(judge(attestation), 'predicate_type_mismatch');
  });

  it('takes no signature for an attestation', () => {
    assert.equal(judge(legacy(), { predicateType: PROVENANCE }), 'predicate_type_mismatch');
    assert.equal(
      judge(keyBundle(statement(DIGEST)), { predicateType: PROVENANCE }),
      'predicate_type_mismatch',
    );
  });

  it('compares the type of an attestation as a whole (GHSA-w6c6-c85g-mmv6)', () => {
    for (const predicateType of [
      'https://slsa.dev/provenance/v0.2',
      `${PROVENANCE}/`,
      'https://slsa.dev',
    ]) {
      assert.equal(judge(attestation, { predicateType }), 'predicate_type_mismatch');
    }
    assert.equal(judge(attestation, { predicateType: PROVENANCE }), 'verified');
  });

  it('reads attestations of cosign before version 3 too', () => {
    const payload = statement(DIGEST, PROVENANCE);
    const sig = signBytes(keys, preAuthEncoding(payload)).toString('base64');
    const envelope = {
      payloadType: IN_TOTO,
      payload: payload.toString('base64'),
      signatures: [{ sig }],
    };
    const layer = {
      mediaType: ENVELOPE,
      annotations: {},
      bytes: Buffer.from(JSON.stringify(envelope)),
    };
    assert.equal(judge(layer, { predicateType: PROVENANCE }), 'verified');
    assert.equal(judge(layer), 'predicate_type_mismatch');
  });

  it('refuses a statement about another image before anything is verified', () => {
    assert.equal(
      judge(keyBundle(statement(OTHER_DIGEST, PROVENANCE)), { predicateType: PROVENANCE }),
      'subject_mismatch',
    );
  });

  it('refuses a bundle that signs bytes, even those of the manifest', () => {
    const { dsseEnvelope: _, ...rest } = formatBundle({
      payload: Buffer.from('x'),
      signature: Buffer.from('x'),
    });
    const signature = signBytes(keys, Buffer.from('the image')).toString('base64');
    const messageDigest = {
      algorithm: 'SHA2_256',
      digest: Buffer.from(DIGEST.replace('sha256:', ''), 'hex').toString('base64'),
    };
    const bytes = Buffer.from(
      JSON.stringify({ ...rest, messageSignature: { messageDigest, signature } }),
    );
    const layer = { mediaType: BUNDLE, annotations: {}, bytes };
    assert.equal(judge(layer), 'wrong_usage');

    const candidate = parseLayer(layer, 'bundle');
    assert.ok(candidate.status === 'parsed');
    const asked = { authority: byKey(keys), nowMs: instance.atMs };
    const over = (text: string) =>
      verifyProof(candidate.value, { signedBytes: Buffer.from(text) }, asked).status;
    assert.equal(over('the image'), 'verified');
    assert.equal(over('another image'), 'rejected');
  });
});
