import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCertificateSecret } from '../../../src/certificates/parse-certificate-secret.ts';

const metadata = { name: 'holdfast-certificates', resourceVersion: '7' };
const type = 'holdfast.dev/certificates';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const storedOf = (data: unknown) => {
  const parsed = parseCertificateSecret({ metadata, type, data });
  return parsed?.status === 'ours' ? parsed.stored : parsed;
};
const NOTHING = { authority: undefined, next: undefined, leaf: undefined };

describe('parseCertificateSecret', () => {
  it('reads the pairs that are whole, and leaves others out', () => {
    const data = {
      'ca.crt': base64('a'),
      'ca.key': base64('b'),
      'next-ca.crt': base64('c'),
      'tls.crt': base64('d'),
      'tls.key': '',
      other: base64('e'),
    };
    assert.deepEqual(parseCertificateSecret({ metadata, type, data }), {
      status: 'ours',
      resourceVersion: '7',
      stored: { ...NOTHING, authority: { certificatePem: 'a', keyPem: 'b' } },
    });
    for (const empty of [undefined, null, {}]) assert.deepEqual(storedOf(empty), NOTHING);
  });

  it('leaves an entry out that is larger than a certificate can be', () => {
    const pair = (bytes: number) => ({
      'tls.crt': base64('x'.repeat(bytes)),
      'tls.key': base64('k'),
    });
    assert.deepEqual(storedOf(pair(64 * 1024 + 1)), NOTHING);
    assert.deepEqual(storedOf(pair(1024 * 1024)), NOTHING);
    assert.notDeepEqual(storedOf(pair(64 * 1024)), NOTHING);
  });

  it('tells a Secret of another type, whatever it holds', () => {
    for (const other of ['kubernetes.io/tls', 'Opaque']) {
      const secret = { metadata, type: other, data: { 'ca.crt': base64('a') } };
      assert.deepEqual(parseCertificateSecret(secret), { status: 'foreign', type: other });
    }
    assert.deepEqual(parseCertificateSecret({ metadata }), { status: 'foreign', type: 'Opaque' });
  });

  it('reads nothing that is no Secret', () => {
    for (const object of [undefined, null, 'text', {}, { metadata: {} }, { metadata, data: [] }]) {
      assert.equal(parseCertificateSecret(object), undefined);
    }
  });
});
