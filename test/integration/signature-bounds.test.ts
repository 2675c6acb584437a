/**
 * What strangers can make the readers of signatures do: whatever the bytes are, a reader ends with a value, its work grows with the bytes and
 * not with their square, and its result holds no more than a small multiple of them.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { formatDer, parseBer } from '../../src/base/parse-ber.ts';
import { parseSignedData } from '../../src/signature/cms/parse-signed-data.ts';
import { parseObject } from '../../src/signature/git/parse-object.ts';
import { findSubpacketFault, parsePackets } from '../../src/signature/openpgp/parse-packets.ts';
import { parseArmor } from '../../src/signature/parse-armor.ts';
import { parseAllowedSigners } from '../../src/signature/ssh/parse-allowed-signers.ts';
import { parseKrl } from '../../src/signature/ssh/parse-krl.ts';
import { parseRevokedKeys } from '../../src/signature/ssh/parse-revoked-keys.ts';
import { parseSshSignature } from '../../src/signature/ssh/parse-ssh-signature.ts';
import { encodeString } from '../../src/signature/ssh/wire-reader.ts';
import { measureHeld, WorkCounter } from '../support/count-work.ts';
import { makeCommit } from '../support/signatures/commit-samples.ts';
import { makeKrl, makeSections, makeSshKey, uint64 } from '../support/signatures/ssh-samples.ts';

interface Reader {
  readonly name: string;
  readonly read: (bytes: Buffer) => unknown;
  /** Put together in any order and number. */
  readonly pieces: readonly Buffer[];
  /** Around the pieces. */
  readonly frame?: (content: Buffer) => Buffer;
  /** Blocks of code for each byte. */
  readonly blocksPerByteMax: number;
}

/** Whatever is done once: limits, messages, a key that is imported. */
const BLOCKS_BASE = 5000;
const HELD_BASE_BYTES = 100_000;
const HELD_PER_BYTE_MAX = 16;
const REPEATS = [1, 2, 3, 10, 100, 1000];
const BYTES_MAX = 200_000;

const key = makeSshKey('ed25519');
const text = (...parts: readonly string[]): readonly Buffer[] =>
  parts.map((part) => Buffer.from(part, 'latin1'));
const hex = (...parts: readonly string[]): readonly Buffer[] =>
  parts.map((part) => Buffer.from(part, 'hex'));
const armor = (label: string) => (content: Buffer) => {
  const lines = content.toString('base64').replaceAll(/.{64}/gu, '$&\n');
  return Buffer.from(`-----BEGIN ${label}-----\n\n${lines}\n-----END ${label}-----\n`);
};
const sized = (tag: number) => (content: Buffer) =>
  Buffer.concat([
    Buffer.from([tag, 0x83]),
    Buffer.from([content.length >> 16, content.length >> 8, content.length]),
    content,
  ]);

const SSHSIG_START = Buffer.concat([
  Buffer.from('SSHSIG'),
  Buffer.from([0, 0, 0, 1]),
  encodeString(key.blob),
  encodeString('git'),
]);
const CERTIFICATES_START = Buffer.concat([encodeString(key.blob), encodeString('')]);

/** Serial numbers, ranges, a bitmap, and key IDs. */
function certificateSections(...contents: readonly Buffer[]): readonly Buffer[] {
  return [0x20, 0x21, 0x22, 0x23].flatMap((type) =>
    contents.map((content) => makeSections([[type, content]])),
  );
}

const READERS: readonly Reader[] = [
  {
    name: 'a commit',
    read: (bytes) => parseObject(bytes, { kind: 'commit', algorithm: 'sha1' }),
    pieces: [
      makeCommit(),
      ...text(
        'tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n',
        'parent 1111111111111111111111111111111111111111\n',
        'author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n',
        'gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n',
        'gpgsig-sha256 x\n',
        'mergetag object 1\n',
        ' more\n',
        '\n',
        'Signed-off-by: A <a@b>\n',
        ':',
        '\0',
        '\r\n',
        '\xff',
        ' ',
      ),
    ],
    blocksPerByteMax: 20,
  },
  {
    name: 'an SSH signature',
    read: parseSshSignature,
    frame: (content) => armor('SSH SIGNATURE')(Buffer.concat([SSHSIG_START, content])),
    pieces: [
      ...hex('00000000', '00000004', 'ffffffff', '0000001f'),
      encodeString(key.blob),
      encodeString('git'),
      encodeString('sha512'),
      encodeString('ssh-ed25519-cert-v01@openssh.com'),
      encodeString('force-command'),
    ],
    blocksPerByteMax: 20,
  },
  {
    name: 'allowed signers',
    read: parseAllowedSigners,
    pieces: text(
      `a@b ssh-ed25519 ${key.blob.toString('base64')}\n`,
      'a@b,',
      '*',
      '!',
      '"',
      '\\',
      ' cert-authority',
      ' namespaces="git,file"',
      ' valid-after="20260101Z"',
      ' ssh-ed25519 AAAA',
      '#',
      '\n',
      '\t',
      '\0',
    ),
    blocksPerByteMax: 20,
  },
  {
    name: 'a revocation list (KRL)',
    read: parseKrl,
    frame: (content) => makeKrl([[1, Buffer.concat([CERTIFICATES_START, content])]]),
    pieces: [
      encodeString(key.blob),
      encodeString(''),
      ...certificateSections(uint64(3n), uint64(2n ** 63n), encodeString('id')),
      ...hex('20', '21', '22', '23', '39', '00000008', '00000010', 'ffffffff', '00'),
    ],
    blocksPerByteMax: 20,
  },
  {
    name: 'the sections of a revocation list (KRL)',
    read: parseKrl,
    frame: (content) => Buffer.concat([makeKrl([]), content]),
    pieces: [
      ...[1, 2, 3, 5, 255].map((type) => makeSections([[type, encodeString(key.blob)]])),
      makeSections([[2, encodeString(Buffer.alloc(20))]]),
      ...hex('02', '00000000', 'ffffffff'),
    ],
    blocksPerByteMax: 20,
  },
  {
    name: 'revoked keys',
    read: parseRevokedKeys,
    pieces: text(
      `ssh-ed25519 ${key.blob.toString('base64')} a comment\n`,
      'SHA256:',
      'A'.repeat(43),
      'ssh-ed25519 AAAA\n',
      '\n',
      '#',
      ' ',
      '\0',
    ),
    blocksPerByteMax: 20,
  },
  {
    name: 'armor',
    read: (bytes) => parseArmor(bytes.toString('latin1')),
    pieces: text(
      '-----BEGIN PGP SIGNATURE-----\n',
      '-----END PGP SIGNATURE-----\n',
      '-----BEGIN A-----\n',
      '-----',
      'Version: 1\n',
      'AAAA\n',
      '=AAAA\n',
      '\n',
      ' ',
    ),
    blocksPerByteMax: 20,
  },
  {
    name: 'OpenPGP packets',
    read: parsePackets,
    pieces: hex('c200', 'c20101', 'ff', '8a00000001', 'c2c000', 'cb', '00', '88', '99'),
    blocksPerByteMax: 20,
  },
  {
    name: 'the subpackets of an OpenPGP signature',
    read: findSubpacketFault,
    frame: (content) =>
      Buffer.concat([Buffer.from('060001080000', 'hex'), uint16(content.length), content]),
    pieces: hex('0102', '010100', 'ff00000001aa', '00', 'c00001', '0502aabbccdd'),
    blocksPerByteMax: 20,
  },
  {
    name: 'ASN.1',
    read: (bytes) => {
      const element = parseBer(bytes);
      return element && formatDer(element);
    },
    frame: sized(0x31),
    pieces: hex('3080', '0000', '3000', '0401aa', '0500', '2480', '0201ff', '3003020101', '31'),
    blocksPerByteMax: 20,
  },
  {
    name: 'a CMS signature',
    read: parseSignedData,
    frame: (content) => armor('SIGNED MESSAGE')(sized(0x30)(content)),
    pieces: hex(
      '06092a864886f70d010702',
      'a080',
      '3080',
      '020101',
      '3100',
      '0000',
      '06092a864886f70d010701',
      '0401aa',
      '300d06096086480165030402010500',
    ),
    blocksPerByteMax: 20,
  },
];

const counter = new WorkCounter();
after(() => counter.close());

for (const { name, read, pieces, frame = whole, blocksPerByteMax } of READERS) {
  const part = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...pieces), fc.constantFrom(...REPEATS)) },
    fc.tuple(
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
      fc.constant(1),
    ),
  );
  const input = fc
    .array(part, { maxLength: 12 })
    .map((parts) => parts.flatMap(([piece, times]) => Array.from({ length: times }, () => piece)))
    .map((parts) => frame(Buffer.concat(parts).subarray(0, BYTES_MAX)));

  test(`${name}: whatever the bytes are, work and result are bounded by their number`, () => {
    let held: unknown;
    counter.count(() => void read(frame(Buffer.alloc(0))));
    fc.assert(
      fc.property(input, (bytes) => {
        const blocks = counter.count(() => {
          held = read(bytes);
        });
        const blocksMax = BLOCKS_BASE + blocksPerByteMax * bytes.length;
        assert.ok(blocks <= blocksMax, `${blocks} blocks for ${bytes.length} bytes`);
        const heldMax = HELD_BASE_BYTES + HELD_PER_BYTE_MAX * bytes.length;
        const { bytes: heldBytes, values } = measureHeld(held);
        assert.ok(heldBytes <= heldMax, `${heldBytes} bytes held for ${bytes.length}`);
        assert.ok(values <= heldMax, `${values} values held for ${bytes.length} bytes`);
      }),
      { numRuns: 200 },
    );
  });
}

function uint16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff]);
}

function whole(content: Buffer): Buffer {
  return content;
}
