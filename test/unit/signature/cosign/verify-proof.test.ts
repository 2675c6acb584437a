import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bundleLayer,
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
} from '../../../support/images/image-samples.ts';
import {
  CODE_SIGNING,
  emailName,
  issue,
  pem,
  uriName,
} from '../../../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../../../support/signatures/sigstore-instance.ts';

import {
  DIGEST,
  ISSUER,
  EMAIL,
  instance,
  root,
  ada,
  keys,
  byKey,
  byCertificate,
  verify,
  judge,
  legacy,
  legacyKeyless,
  keyBundle,
  keylessBundle,
} from '../../../support/images/judge-candidate.ts';

describe('createProver() by a key', () => {
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

describe('createProver() by a certificate', () => {
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
