import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parsePublicKey } from '../../../../src/signature/ssh/parse-public-key.ts';
import { encodeSignedData, verifyBytes } from '../../../../src/signature/ssh/verify-bytes.ts';
import { encodeString, WireReader } from '../../../../src/signature/ssh/wire-reader.ts';
import {
  makeSshKey,
  mpint,
  uint32,
  type SampleKey,
  type SampleKeyKind,
} from '../../../support/signatures/ssh-samples.ts';

const MESSAGE = Buffer.from('what was signed');

function verify(key: SampleKey, signature: Buffer, message = MESSAGE) {
  const parsedKey = parsePublicKey(new WireReader(key.blob));
  assert.ok(parsedKey.status === 'parsed');
  const verdict = verifyBytes(parsedKey.value, { message, signature });
  return verdict.status === 'good' ? { userVerified: verdict.userVerified } : verdict.code;
}

const KEYS = new Map<SampleKeyKind, SampleKey>();

function keyOf(kind: SampleKeyKind): SampleKey {
  const key = KEYS.get(kind) ?? makeSshKey(kind);
  KEYS.set(kind, key);
  return key;
}

const KINDS: readonly SampleKeyKind[] = [
  'ed25519',
  'nistp256',
  'nistp384',
  'nistp521',
  'rsa',
  'sk-ed25519',
  'sk-ecdsa',
];

describe('verifyBytes()', () => {
  for (const kind of KINDS) {
    it(`takes a signature of ${kind}, and no other content, length or trailing byte`, () => {
      const key = keyOf(kind);
      const signature = key.sign(MESSAGE);

      assert.deepEqual(
        [
          verify(key, signature),
          verify(key, signature, Buffer.from('what was not signed')),
          verify(key, Buffer.concat([signature, Buffer.from([0])])),
          verify(key, signature.subarray(0, -1)),
          verify(key, Buffer.alloc(0)),
        ],
        [
          { userVerified: false },
          'bad_signature',
          'malformed_signature',
          'malformed_signature',
          'malformed_signature',
        ],
      );
    });
  }

  it('takes both hashes of RFC 8332, and refuses SHA-1', () => {
    const key = keyOf('rsa');
    const algorithms = ['rsa-sha2-256', 'rsa-sha2-512', 'ssh-rsa', 'rsa-sha2-1024', 'toString'];

    assert.deepEqual(
      algorithms.map((algorithm) => verify(key, key.sign(MESSAGE, { algorithm }))),
      [
        { userVerified: false },
        { userVerified: false },
        'weak_hash',
        'unsupported_key',
        'unsupported_key',
      ],
    );
  });

  it('refuses an algorithm that is not the one of the key', () => {
    const key = keyOf('sk-ecdsa');
    const algorithm = 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com';

    assert.equal(verify(key, key.sign(MESSAGE, { algorithm })), 'unsupported_key');
  });

  it('wants a security key touched, and says whether it verified its user', () => {
    const flags = [0x00, 0x01, 0x04, 0x05];

    for (const kind of ['sk-ed25519', 'sk-ecdsa'] as const) {
      assert.deepEqual(
        flags.map((value) => verify(keyOf(kind), keyOf(kind).sign(MESSAGE, { flags: value }))),
        [
          'user_presence_missing',
          { userVerified: false },
          'user_presence_missing',
          { userVerified: true },
        ],
      );
    }
  });

  it('does not believe flags that were not signed', () => {
    const key = keyOf('sk-ed25519');
    const signature = Buffer.from(key.sign(MESSAGE, { flags: 0 }));
    signature.writeUInt8(1, signature.length - 5);

    assert.equal(verify(key, signature), 'bad_signature');
  });

  it('puts back leading zeros that an agent left out of an RSA signature, and takes no longer one', () => {
    const key = keyOf('rsa');
    let message = MESSAGE;
    let signature = key.sign(message);
    const start = encodeString('rsa-sha2-512').length + uint32(0).length;
    // One signature in 256 begins with a zero byte.
    for (let count = 0; signature[start] !== 0; count += 1) {
      message = Buffer.from(`message ${count}`);
      signature = key.sign(message);
    }
    const short = Buffer.concat([
      encodeString('rsa-sha2-512'),
      encodeString(signature.subarray(start + 1)),
    ]);
    const long = Buffer.concat([
      encodeString('rsa-sha2-512'),
      encodeString(Buffer.concat([Buffer.alloc(1), signature.subarray(start)])),
    ]);

    assert.deepEqual(
      [verify(key, short, message), verify(key, long, message)],
      [{ userVerified: false }, 'malformed_signature'],
    );
  });

  const half = Buffer.alloc(32, 1);
  const type = encodeString('ecdsa-sha2-nistp256');
  const pairs: readonly (readonly [string, Buffer])[] = [
    ['a number longer than the field', Buffer.concat([mpint(Buffer.alloc(33, 1)), mpint(half)])],
    [
      'a second number longer than the field',
      Buffer.concat([mpint(half), mpint(Buffer.alloc(33, 1))]),
    ],
    ['zero', Buffer.concat([encodeString(''), mpint(half)])],
    ['a needless zero', Buffer.concat([encodeString(Buffer.from([0, 1])), mpint(half)])],
    ['a third number', Buffer.concat([mpint(half), mpint(half), mpint(half)])],
    ['one number', mpint(half)],
  ];
  for (const [what, pair] of pairs) {
    it(`refuses ${what} in an ECDSA signature`, () => {
      assert.equal(
        verify(keyOf('nistp256'), Buffer.concat([type, encodeString(pair)])),
        'malformed_signature',
      );
    });
  }

  it('refuses a key that is no point of its curve', () => {
    const key = keyOf('nistp256');
    const blob = Buffer.from(key.blob);
    blob.writeUInt8((blob.at(-1) ?? 0) ^ 1, blob.length - 1);

    assert.equal(verify({ ...key, blob }, key.sign(MESSAGE)), 'malformed_signature');
  });

  it('takes no mangled signature', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (kind, place, bits) => {
          const key = keyOf(kind);
          const signature = Buffer.from(key.sign(MESSAGE));
          const at = place % signature.length;
          signature.writeUInt8((signature[at] ?? 0) ^ bits, at);

          assert.equal(typeof verify(key, signature), 'string');
        },
      ),
      { numRuns: 200 },
    );
  });
});

it('encodeSignedData() begins with the magic, and has an empty reserved field', () => {
  assert.equal(
    encodeSignedData('git', 'sha512', Buffer.from('hash')).toString('latin1'),
    'SSHSIG\0\0\0\x03git\0\0\0\0\0\0\0\x06sha512\0\0\0\x04hash',
  );
});
