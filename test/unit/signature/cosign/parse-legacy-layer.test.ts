import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseEnvelopeLayer,
  parseSimpleSigningLayer,
} from '../../../../src/signature/cosign/parse-legacy-layer.ts';
import { COSIGN_LIMITS } from '../../../../src/signature/cosign/settings.ts';
import {
  ENVELOPE,
  IN_TOTO,
  legacyAnnotations,
  logSignature,
  signBytes,
  SIMPLE_SIGNING,
  simpleSigning,
} from '../../../support/images/image-samples.ts';
import { emailName, pem } from '../../../support/signatures/certificate-builder.ts';
import { SigstoreInstance } from '../../../support/signatures/sigstore-instance.ts';

const instance = await SigstoreInstance.start();
const signer = await instance.issue({ names: [emailName('a@x')], issuer: 'https://issuer' });
const bytes = simpleSigning('sha256:00');
const signature = signBytes(signer, bytes);
const logged = logSignature(instance, { signer, bytes, signature });
const certificatePem = pem(signer.certificate);
const timestamp = Buffer.from('a timestamp');
const whole = legacyAnnotations({ signature, certificatePem, logged, timestamp });

/** The entry of the log with another body. */
function withBody(body: string): string {
  const text = whole['dev.sigstore.cosign/bundle'] ?? '';
  return text.replace(/"body":"[^"]*"/u, `"body":"${Buffer.from(body).toString('base64')}"`);
}

function read(annotations: Readonly<Record<string, string>>, payload = bytes): string {
  const layer = { mediaType: SIMPLE_SIGNING, annotations, bytes: payload };
  const result = parseSimpleSigningLayer(layer);
  return result.status === 'rejected' ? result.code : result.status;
}

describe('parseSimpleSigningLayer()', () => {
  it('reads who signed what, the promise of the log and the timestamp', () => {
    const layer = { mediaType: SIMPLE_SIGNING, annotations: whole, bytes };
    const result = parseSimpleSigningLayer(layer);

    assert.ok(result.status === 'parsed' && result.value.signer.kind === 'certificate');
    const { signer: claimed, ...rest } = result.value;
    assert.deepEqual(claimed.certificate.raw, signer.certificate);
    assert.deepEqual(rest, {
      content: { kind: 'simple-signing', payload: bytes },
      signature,
      entries: [{ ...logged.entry, inclusionProof: undefined, body: logged.body }],
      timestamps: [timestamp],
    });
  });

  it('reads a signature alone as that of a key', () => {
    const annotations = legacyAnnotations({ signature });
    const layer = { mediaType: SIMPLE_SIGNING, annotations, bytes };
    const result = parseSimpleSigningLayer(layer);

    assert.deepEqual(result, {
      status: 'parsed',
      value: {
        content: { kind: 'simple-signing', payload: bytes },
        signature,
        signer: { kind: 'key' },
        entries: [],
        timestamps: [],
      },
    });
  });

  it('refuses annotations that cannot be read', () => {
    for (const [name, value] of [
      ['dev.cosignproject.cosign/signature', ''],
      ['dev.cosignproject.cosign/signature', 'no base64'],
      ['dev.sigstore.cosign/certificate', 'no certificate'],
      ['dev.sigstore.cosign/certificate', certificatePem.repeat(2)],
      [
        'dev.sigstore.cosign/certificate',
        '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      ],
      ['dev.sigstore.cosign/bundle', withBody('[]')],
      ['dev.sigstore.cosign/bundle', '{}'],
      ['dev.sigstore.cosign/bundle', 'null'],
      ['dev.sigstore.cosign/rfc3161timestamp', '{"SignedRFC3161Timestamp":""'],
    ] as const) {
      assert.equal(read({ ...whole, [name]: value }), 'malformed_signature', `${name}: ${value}`);
    }
  });

  it('takes an empty annotation for none', () => {
    const none = {
      'dev.sigstore.cosign/certificate': '',
      'dev.sigstore.cosign/bundle': '',
      'dev.sigstore.cosign/rfc3161timestamp': '',
    };
    assert.equal(read({ ...whole, ...none }), 'parsed');
  });

  it('reads no payload beyond the limit', () => {
    const bytesMax = COSIGN_LIMITS['signature.cosign.documentBytesMax'].default;
    assert.equal(read(whole, Buffer.alloc(bytesMax + 1)), 'limit_exceeded');
  });
});

describe('parseEnvelopeLayer()', () => {
  const envelope = { payloadType: IN_TOTO, payload: 'AAE=', signatures: [{ sig: 'AAI=' }] };
  const readEnvelope = (value: object) =>
    parseEnvelopeLayer({
      mediaType: ENVELOPE,
      annotations: {},
      bytes: Buffer.from(JSON.stringify(value)),
    });

  it('reads payload, type and signature', () => {
    assert.deepEqual(readEnvelope(envelope), {
      status: 'parsed',
      value: {
        content: { kind: 'envelope', payloadType: IN_TOTO, payload: Buffer.from([0, 1]) },
        signature: Buffer.from([0, 2]),
        signer: { kind: 'key' },
        entries: [],
        timestamps: [],
      },
    });
  });

  it('refuses none and two signatures', () => {
    const codeOf = (value: object) => {
      const result = readEnvelope(value);
      return result.status === 'rejected' ? result.code : result.status;
    };
    const [one] = envelope.signatures;
    assert.equal(codeOf({ ...envelope, signatures: [] }), 'malformed_signature');
    assert.equal(codeOf({ ...envelope, signatures: [one, one] }), 'multiple_signatures');
    assert.equal(codeOf({ payload: 1 }), 'malformed_signature');
  });
});
