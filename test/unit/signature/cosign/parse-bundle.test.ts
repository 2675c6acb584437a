import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBundle } from '../../../../src/signature/cosign/parse-bundle.ts';
import {
  formatBundle,
  logEnvelope,
  preAuthEncoding,
  signBytes,
  statement,
} from '../../../support/images/image-samples.ts';
import { emailName, issue } from '../../../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../../../support/signatures/sigstore-instance.ts';

const instance = await SigstoreInstance.start();
const signer = await instance.issue({ names: [emailName('a@x')], issuer: 'https://issuer' });
const payload = statement('sha256:00');
const signature = signBytes(signer, preAuthEncoding(payload));
const logged = logEnvelope(instance, { signer, payload, signature });
const timestamps = [Buffer.from('a timestamp')];
const { certificate } = signer;
const whole = formatBundle({ certificate, payload, signature, entries: [logged], timestamps });
const material = whole.verificationMaterial;
const [entry] = material.tlogEntries;

/** The code of the refusal, or `parsed`. */
function read(value: object): string {
  const result = parseBundle(Buffer.from(JSON.stringify(value)));
  return result.status === 'rejected' ? result.code : result.status;
}

function withMaterial(changes: object): object {
  return { ...whole, verificationMaterial: { ...material, ...changes } };
}

describe('parseBundle()', () => {
  it('reads who signed what, the entries of the log and the timestamps', () => {
    const result = parseBundle(Buffer.from(JSON.stringify(whole)));

    assert.ok(result.status === 'parsed' && result.value.signer.kind === 'certificate');
    const { signer: claimed, ...rest } = result.value;
    assert.deepEqual(claimed.certificate.raw, certificate);
    assert.deepEqual(rest, {
      content: { kind: 'envelope', payloadType: 'application/vnd.in-toto+json', payload },
      signature,
      entries: [{ ...logged.entry, body: logged.body }],
      timestamps,
    });
  });

  it('reads the hint of a key as no key at all', () => {
    const result = parseBundle(Buffer.from(JSON.stringify(formatBundle({ payload, signature }))));

    assert.deepEqual(result.status === 'parsed' && result.value.signer, { kind: 'key' });
  });

  it('reads a bundle without entries and timestamps', () => {
    const changes = { tlogEntries: undefined, timestampVerificationData: undefined };
    const result = parseBundle(Buffer.from(JSON.stringify(withMaterial(changes))));
    assert.ok(result.status === 'parsed');
    assert.deepEqual([result.value.entries, result.value.timestamps], [[], []]);
    assert.equal(read(withMaterial({ timestampVerificationData: {} })), 'parsed');
  });

  it('reads versions 0.1 to 0.3, and no other', () => {
    const prefix = 'application/vnd.dev.sigstore.bundle';
    for (const mediaType of [
      '+json;version=0.1',
      '+json;version=0.2',
      '+json;version=0.3',
      '.v0.3+json',
    ]) {
      assert.equal(read({ ...whole, mediaType: `${prefix}${mediaType}` }), 'parsed');
    }
    for (const mediaType of ['.v0.4+json', '+json;version=0.30', '.v0.1+json', '', '+json']) {
      assert.equal(read({ ...whole, mediaType: `${prefix}${mediaType}` }), 'unsupported_signature');
    }
  });

  it('asks for the proof or the promise of the version', () => {
    const mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
    const { inclusionProof: _, ...promised } = entry ?? {};
    const { inclusionPromise: __, ...proven } = entry ?? {};
    assert.equal(read(withMaterial({ tlogEntries: [promised] })), 'malformed_signature');
    assert.equal(read(withMaterial({ tlogEntries: [proven] })), 'parsed');
    assert.equal(read({ ...withMaterial({ tlogEntries: [promised] }), mediaType }), 'parsed');
    assert.equal(
      read({ ...withMaterial({ tlogEntries: [proven] }), mediaType }),
      'malformed_signature',
    );
  });

  it('takes a proof without a checkpoint for none', () => {
    const { checkpoint: _, ...inclusionProof } = entry?.inclusionProof ?? {};
    const changed = { ...withMaterial({ tlogEntries: [{ ...entry, inclusionProof }] }) };
    assert.equal(read(changed), 'malformed_signature');
    const mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
    const result = parseBundle(Buffer.from(JSON.stringify({ ...changed, mediaType })));
    assert.equal(result.status === 'parsed' && result.value.entries[0]?.inclusionProof, undefined);
  });

  it('takes a chain before version 0.3, without a root of its own', () => {
    const root = issue({ commonName: 'root', isAuthority: true });
    const chainOf = (...list: readonly Buffer[]) => ({
      certificate: undefined,
      x509CertificateChain: {
        certificates: list.map((one) => ({ rawBytes: one.toString('base64') })),
      },
    });
    const mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.2';
    assert.equal(read({ ...withMaterial(chainOf(certificate)), mediaType }), 'parsed');
    assert.equal(read(withMaterial(chainOf(certificate))), 'malformed_signature');
    for (const chain of [
      chainOf(),
      chainOf(certificate, root.certificate),
      chainOf(root.certificate),
      chainOf(certificate, Buffer.from('none')),
      chainOf(...Array.from({ length: 11 }, () => certificate)),
    ]) {
      assert.equal(read({ ...withMaterial(chain), mediaType }), 'malformed_signature');
    }
  });

  it('wants one signer, one content and one signature', () => {
    assert.equal(read(withMaterial({ publicKey: { hint: '' } })), 'malformed_signature');
    assert.equal(read(withMaterial({ certificate: undefined })), 'malformed_signature');
    const messageSignature = { messageDigest: { digest: 'AAE=' }, signature: 'AAE=' };
    assert.equal(read({ ...whole, messageSignature }), 'malformed_signature');
    assert.equal(read({ ...whole, dsseEnvelope: undefined }), 'malformed_signature');
    const { signatures } = whole.dsseEnvelope;
    const dsseEnvelope = { ...whole.dsseEnvelope, signatures: [...signatures, ...signatures] };
    assert.equal(read({ ...whole, dsseEnvelope }), 'multiple_signatures');
    assert.equal(
      read({ ...whole, dsseEnvelope: { ...dsseEnvelope, signatures: [] } }),
      'malformed_signature',
    );
  });

  it('reads no more entries, timestamps and hashes than the limits', () => {
    const tlogEntries = Array.from({ length: 9 }, () => entry);
    assert.equal(read(withMaterial({ tlogEntries })), 'malformed_signature');
    const rfc3161Timestamps = Array.from({ length: 9 }, () => ({ signedTimestamp: 'AAE=' }));
    assert.equal(
      read(withMaterial({ timestampVerificationData: { rfc3161Timestamps } })),
      'malformed_signature',
    );
    const hashes = Array.from({ length: 65 }, () => 'AAE=');
    const inclusionProof = { ...entry?.inclusionProof, hashes };
    assert.equal(
      read(withMaterial({ tlogEntries: [{ ...entry, inclusionProof }] })),
      'malformed_signature',
    );
  });

  it('refuses numbers that are negative and bytes that are no base64', () => {
    assert.equal(
      read(withMaterial({ tlogEntries: [{ ...entry, logIndex: '-1' }] })),
      'malformed_signature',
    );
    assert.equal(
      read(withMaterial({ certificate: { rawBytes: 'no base64' } })),
      'malformed_signature',
    );
    assert.equal(read(withMaterial({ certificate: { rawBytes: 'AAE=' } })), 'malformed_signature');
  });
});
