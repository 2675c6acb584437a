import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  fingerprintOf,
  parsePublicKey,
  quoteName,
} from '../../../../src/signature/ssh/parse-public-key.ts';
import { encodeString, WireReader } from '../../../../src/signature/ssh/wire-reader.ts';
import { makeSshKey, mpint, type SampleKeyKind } from '../../../support/signatures/ssh-samples.ts';

const KINDS: readonly SampleKeyKind[] = [
  'ed25519',
  'nistp256',
  'nistp384',
  'nistp521',
  'rsa',
  'sk-ed25519',
  'sk-ecdsa',
];

function parse(...fields: readonly Buffer[]) {
  const result = parsePublicKey(new WireReader(Buffer.concat(fields)));
  return result.status === 'rejected' ? result.code : result.value.type;
}

describe('parsePublicKey()', () => {
  for (const kind of KINDS) {
    it(`reads ${kind}, and nothing with a byte more or less`, () => {
      const { blob, type, fingerprint } = makeSshKey(kind);
      const result = parsePublicKey(new WireReader(blob));

      assert.partialDeepStrictEqual(result, {
        status: 'parsed',
        value: { type, blob, fingerprint },
      });
      assert.deepEqual(
        [parse(blob, Buffer.from([0])), parse(blob.subarray(0, -1))],
        ['malformed_signature', 'malformed_signature'],
      );
    });
  }

  it('tells the fingerprint as ssh-keygen does', () => {
    assert.equal(
      fingerprintOf(Buffer.alloc(0)),
      'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
    );
  });

  const rsa = encodeString('ssh-rsa');
  const e = mpint(Buffer.from([1, 0, 1]));
  const modulus = (bytes: number): Buffer => Buffer.alloc(bytes, 0xff);
  const p256 = [encodeString('ecdsa-sha2-nistp256'), encodeString('nistp256')];
  const table: readonly (readonly [string, readonly Buffer[], string])[] = [
    ['DSA', [encodeString('ssh-dss')], 'weak_key'],
    ['RSA of 1024 bits', [rsa, e, mpint(modulus(128))], 'weak_key'],
    [
      'RSA of 2047 bits',
      [rsa, e, mpint(Buffer.concat([Buffer.from([0x7f]), modulus(255)]))],
      'weak_key',
    ],
    ['RSA of 2048 bits', [rsa, e, mpint(modulus(256))], 'ssh-rsa'],
    ['RSA of 16392 bits', [rsa, e, mpint(modulus(2049))], 'unsupported_key'],
    ['RSA with a long exponent', [rsa, mpint(modulus(9)), mpint(modulus(256))], 'unsupported_key'],
    [
      'RSA with a needless zero',
      [rsa, e, encodeString(Buffer.concat([Buffer.alloc(2), modulus(256)]))],
      'malformed_signature',
    ],
    ['a post-quantum hybrid', [encodeString('ssh-mldsa44-ed25519@openssh.com')], 'unsupported_key'],
    ['webauthn', [encodeString('webauthn-sk-ecdsa-sha2-nistp256@openssh.com')], 'unsupported_key'],
    ['Ed448', [encodeString('ssh-ed448')], 'unsupported_key'],
    ['a name of Object.prototype', [encodeString('constructor')], 'unsupported_key'],
    ['no type', [], 'malformed_signature'],
    [
      'a short Ed25519 key',
      [encodeString('ssh-ed25519'), encodeString(Buffer.alloc(31))],
      'malformed_signature',
    ],
    [
      'another curve than the type says',
      [
        encodeString('ecdsa-sha2-nistp256'),
        encodeString('nistp384'),
        encodeString(Buffer.alloc(65, 4)),
      ],
      'malformed_signature',
    ],
    ['a compressed point', [...p256, encodeString(Buffer.alloc(33, 2))], 'malformed_signature'],
    [
      'a point of another form',
      [...p256, encodeString(Buffer.alloc(65, 6))],
      'malformed_signature',
    ],
  ];
  for (const [what, fields, expected] of table) {
    it(`says ${expected} of ${what}`, () => {
      assert.equal(parse(...fields), expected);
    });
  }

  it('names the type that it does not support, and those that it does', () => {
    assert.deepEqual(parsePublicKey(new WireReader(encodeString('ssh-ed448'))), {
      status: 'rejected',
      code: 'unsupported_key',
      reason:
        'Keys of the type "ssh-ed448" are not supported: sign with ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ' +
        'ecdsa-sha2-nistp521, ssh-rsa, sk-ssh-ed25519@openssh.com, sk-ecdsa-sha2-nistp256@openssh.com',
    });
  });
});

it('quoteName() leaves one bounded line of a name', () => {
  assert.equal(quoteName(`\u{1B}[2J${'x'.repeat(100)}`), `"\u{FFFD}[2J${'x'.repeat(58)}"`);
});
