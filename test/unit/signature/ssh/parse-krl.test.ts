import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SIGNATURE_LIMITS } from '../../../../src/signature/settings.ts';
import { isKrl, parseKrl } from '../../../../src/signature/ssh/parse-krl.ts';
import { encodeString } from '../../../../src/signature/ssh/wire-reader.ts';
import {
  makeKrl,
  makeSections,
  makeSshKey,
  mpint,
  uint64,
} from '../../../support/signatures/ssh-samples.ts';

const key = makeSshKey('ed25519');
const authority = makeSshKey('nistp256');

function certificates(ca: Buffer | string, ...parts: readonly (readonly [number, Buffer])[]) {
  return Buffer.concat([encodeString(ca), encodeString(''), makeSections(parts)]);
}

function extension(name: string, critical: number): Buffer {
  return Buffer.concat([encodeString(name), Buffer.from([critical]), encodeString('content')]);
}

function faultOf(krl: Buffer): string {
  const file = parseKrl(krl);
  return file.status === 'read' ? 'read' : (file.problems[0]?.problem ?? '');
}

describe('parseKrl()', () => {
  it('reads every kind of section', () => {
    const krl = makeKrl([
      [
        1,
        certificates(
          authority.blob,
          [0x20, Buffer.concat([uint64(3n), uint64(5n)])],
          [0x21, Buffer.concat([uint64(10n), uint64(20n)])],
          [0x22, Buffer.concat([uint64(100n), mpint(Buffer.from([0b101]))])],
          [0x23, Buffer.concat([encodeString('alice'), encodeString('')])],
          [0x39, extension('x', 0)],
        ),
      ],
      [1, certificates('', [0x23, encodeString('ben')])],
      [2, encodeString(key.blob)],
      [3, encodeString(Buffer.alloc(20, 1))],
      [5, encodeString(Buffer.alloc(32))],
      [255, extension('y', 0)],
    ]);

    assert.deepEqual(parseKrl(krl), {
      status: 'read',
      value: {
        fingerprints: new Set([key.fingerprint, `SHA256:${'A'.repeat(43)}`]),
        sha1: new Set(['01'.repeat(20)]),
        certificates: [
          {
            authority: authority.fingerprint,
            ranges: [
              [3n, 3n],
              [5n, 5n],
              [10n, 20n],
            ],
            bitmaps: [{ offset: 100n, bits: Buffer.from([0b101]) }],
            keyIds: new Set(['alice', '']),
          },
          { authority: undefined, ranges: [], bitmaps: [], keyIds: new Set(['ben']) },
        ],
      },
    });
  });

  const fields = 'the KRL cannot be read: its fields are not those of PROTOCOL.krl';
  const cannot = 'the KRL cannot be read:';
  const refused: readonly (readonly [string, Buffer, string])[] = [
    ['version 2', makeKrl([], { version: 2 }), `${cannot} it has version 2, not 1`],
    ['a cut header', makeKrl([]).subarray(0, 20), fields],
    ['trailing bytes', makeKrl([], { trailing: '\x02' }), fields],
    [
      'a signed list',
      makeKrl([[4, encodeString('')]]),
      `${cannot} sections of the kind 4 are not supported`,
    ],
    [
      'an unknown section',
      makeKrl([[9, Buffer.alloc(0)]]),
      `${cannot} sections of the kind 9 are not supported`,
    ],
    [
      'a critical extension',
      makeKrl([[255, extension('x', 1)]]),
      `${cannot} its critical extension "x" is not supported`,
    ],
    [
      'an unknown part',
      makeKrl([[1, certificates('', [0x24, Buffer.alloc(0)])]]),
      `${cannot} certificate sections of the kind 36 are not supported`,
    ],
    [
      'a critical extension of a part',
      makeKrl([[1, certificates('', [0x39, extension('x', 1)])]]),
      `${cannot} its critical extension "x" is not supported`,
    ],
    ['a short hash', makeKrl([[3, encodeString(Buffer.alloc(19))]]), fields],
    ['half a serial number', makeKrl([[1, certificates('', [0x20, Buffer.alloc(4)])]]), fields],
    [
      'a range that ends before it begins',
      makeKrl([[1, certificates('', [0x21, Buffer.concat([uint64(2n), uint64(1n)])])]]),
      fields,
    ],
    [
      'a part without a length',
      makeKrl([[1, Buffer.concat([certificates(''), Buffer.from([0x20])])]]),
      fields,
    ],
  ];
  for (const [what, krl, expected] of refused) {
    it(`refuses ${what}`, () => {
      assert.equal(faultOf(krl), expected);
    });
  }

  it('refuses more entries than the limit', () => {
    const max = SIGNATURE_LIMITS['signature.ssh.revocationsMax'].default;
    const krl = (count: number): Buffer => makeKrl([[2, Buffer.alloc(4 * count)]]);

    const empty = makeKrl(Array.from({ length: max + 1 }, () => [2, Buffer.alloc(0)] as const));
    const parts = Array.from({ length: max }, () => [0x23, Buffer.alloc(0)] as const);
    const nested = makeKrl([[1, certificates('', ...parts)]]);
    const many = `${cannot} it has more than ${max} entries`;

    // The section is the first entry.
    assert.deepEqual([krl(max - 1), krl(max), empty, nested].map(faultOf), [
      'read',
      many,
      many,
      many,
    ]);
  });

  it('reads whatever bytes without a fault', () => {
    const sample = makeKrl([[1, certificates(authority.blob, [0x20, uint64(3n)])]]);
    fc.assert(
      fc.property(fc.nat(sample.length - 9), fc.uint8Array({ maxLength: 8 }), (at, put) => {
        faultOf(Buffer.concat([sample.subarray(0, 8 + at), put, sample.subarray(9 + at)]));
      }),
    );
  });
});

it('isKrl() looks at the magic', () => {
  assert.deepEqual(
    [isKrl(makeKrl([])), isKrl(Buffer.from('SSHKRL')), isKrl(Buffer.alloc(0))],
    [true, false, false],
  );
});
