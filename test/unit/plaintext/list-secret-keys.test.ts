import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listSecretKeys } from '../../../src/plaintext/list-secret-keys.ts';
import { drawPassword, drawPrivateKey } from '../../support/sample-credentials.ts';

const encode = (text: string): string => Buffer.from(text).toString('base64');
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('listSecretKeys()', () => {
  it('has the keys with a value, in their order', () => {
    const data = { b: encode(drawPassword()), a: encode('x'), none: '', blank: encode('\n') };
    assert.deepEqual(listSecretKeys({ data }), ['b', 'a']);
  });

  it('leaves out certificates and public keys, not a bundle that has a private one', () => {
    const data = {
      'tls.crt': encode(CERTIFICATE),
      trusted: encode(CERTIFICATE.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE')),
      'key.pub': encode('-----BEGIN PUBLIC KEY-----\nMIIB\n'),
      ssh: encode('ssh-ed25519 AAAA shop'),
      ecdsa: encode('ecdsa-sha2-nistp256 AAAA'),
      bundle: encode(CERTIFICATE + drawPrivateKey()),
      'tls.key': encode(drawPrivateKey()),
    };
    assert.deepEqual(listSecretKeys({ data }), ['bundle', 'tls.key']);
  });

  it('leaves out values that the stored Secret has at the same key', () => {
    const value = encode(drawPassword());
    assert.deepEqual(
      listSecretKeys(
        { data: { a: value, b: value, c: encode('new') } },
        { data: { a: value, c: value } },
      ),
      ['b', 'c'],
    );
  });

  it('counts what cannot be read', () => {
    assert.deepEqual(listSecretKeys({ data: { number: 7, nothing: null } }), ['number', 'nothing']);
  });

  it('has none where there is no data', () => {
    for (const value of [undefined, null, {}, { data: null }, { data: [] }, { data: 'text' }]) {
      assert.deepEqual(listSecretKeys(value), []);
    }
  });
});
