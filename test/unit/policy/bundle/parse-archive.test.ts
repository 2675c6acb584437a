import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatArchive } from '../../../../src/policy/bundle/format-archive.ts';
import { checksumOf, parseArchive } from '../../../../src/policy/bundle/parse-archive.ts';

const LIMITS = { filesMax: 3, nameBytesMax: 255 };

interface HeaderChange {
  readonly name?: string;
  readonly type?: string;
  readonly size?: string;
  readonly magic?: string;
  readonly prefix?: string;
}

/** A header of a tool that is not ours. */
function header({
  name = '/a.rego',
  type = '0',
  size = '00000000000',
  magic = 'ustar\u000000',
  prefix = '',
}: HeaderChange): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write(`${size}\0`, 124);
  block.write(type, 156);
  block.write(magic, 257);
  block.write(prefix, 345);
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const END = Buffer.alloc(1024);

function parse(...parts: readonly Uint8Array[]): unknown {
  const read = parseArchive(Buffer.concat(parts), LIMITS);
  return read.ok
    ? Object.fromEntries(
        [...read.value].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
      )
    : read.reason;
}

describe('parseArchive()', () => {
  it('reads what formatArchive() writes', () => {
    const files = new Map([
      ['policy.wasm', Buffer.from('x'.repeat(512))],
      ['.manifest', Buffer.from('{}')],
      [`${'d'.repeat(90)}/${'f'.repeat(90)}`, Buffer.from('')],
    ]);

    assert.deepEqual(parse(formatArchive(files)), {
      'policy.wasm': 'x'.repeat(512),
      '.manifest': '{}',
      [`${'d'.repeat(90)}/${'f'.repeat(90)}`]: '',
    });
  });

  for (const { states, change, wanted } of [
    { states: 'a name without a slash', change: { name: 'a' }, wanted: { a: '' } },
    { states: 'a name that begins with ./', change: { name: './a' }, wanted: { a: '' } },
    { states: 'a folder, which it leaves out', change: { name: './', type: '5' }, wanted: {} },
    {
      states: 'a file of the old format',
      change: { type: '\0', magic: '' },
      wanted: { 'a.rego': '' },
    },
    {
      states: 'no prefix in the format of GNU tar',
      change: { name: 'a', magic: 'ustar  ', prefix: 'b' },
      wanted: { a: '' },
    },
    { states: 'a prefix', change: { name: 'a', prefix: 'b' }, wanted: { 'b/a': '' } },
  ]) {
    it(`reads ${states}`, () => {
      assert.deepEqual(parse(header(change), END), wanted);
    });
  }

  for (const { states, change, reason } of [
    {
      states: 'a path that leaves the folder',
      change: { name: 'a/../../b' },
      reason: 'the file name "a/../../b" is no plain relative path',
    },
    {
      states: 'a second slash',
      change: { name: '//a' },
      reason: 'the file name "/a" is no plain relative path',
    },
    {
      states: 'a folder that is written as a file',
      change: { name: 'a/' },
      reason: 'the file name "a/" is no plain relative path',
    },
    {
      states: 'a dot',
      change: { name: 'a/./b' },
      reason: 'the file name "a/./b" is no plain relative path',
    },
    {
      states: 'no name',
      change: { name: '' },
      reason: 'the file name "" is no plain relative path',
    },
    {
      states: 'a backslash',
      change: { name: 'a\\b' },
      reason: 'the file name "a\\\\b" has a backslash, a control character, or what is not UTF-8',
    },
    {
      states: 'a symbolic link',
      change: { type: '2' },
      reason: 'its entry "/a.rego" is a link: a bundle holds files alone',
    },
    {
      states: 'a hard link',
      change: { type: '1' },
      reason: 'its entry "/a.rego" is a link: a bundle holds files alone',
    },
    {
      states: 'a device',
      change: { type: '3' },
      reason: 'its entry "/a.rego" is no file: a bundle holds files alone',
    },
    {
      states: 'a pax header',
      change: { type: 'x' },
      reason:
        'its entry "/a.rego" is an extended header: pack with tar --format=ustar, and with names of at most 100 characters',
    },
    {
      states: 'a global pax header',
      change: { type: 'g' },
      reason:
        'its entry "/a.rego" is an extended header: pack with tar --format=ustar, and with names of at most 100 characters',
    },
    {
      states: 'a long name of GNU tar',
      change: { type: 'L' },
      reason:
        'its entry "/a.rego" is an extended header: pack with tar --format=ustar, and with names of at most 100 characters',
    },
    {
      states: 'a binary size',
      change: { size: '\u0080' },
      reason: 'the size of its entry "/a.rego" cannot be read',
    },
    {
      states: 'a size beyond its end',
      change: { size: '77777777777' },
      reason: 'it ends within "a.rego"',
    },
  ]) {
    it(`refuses ${states}`, () => {
      assert.equal(parse(header(change), END), reason);
    });
  }

  it('refuses a name that is longer than its limit', () => {
    const read = parseArchive(Buffer.concat([header({ name: 'abcdef' }), END]), {
      filesMax: 1,
      nameBytesMax: 5,
    });

    assert.deepEqual(read, { ok: false, reason: 'a file name is longer than 5 bytes' });
  });

  it('refuses two entries of one name, however it is written', () => {
    assert.equal(parse(header({ name: 'a' }), header({ name: '/a' }), END), 'it holds "a" twice');
  });

  it('refuses more entries than its limit, folders among them', () => {
    const folders = Array.from({ length: 4 }, (_, index) =>
      header({ name: `${index}/`, type: '5' }),
    );

    assert.equal(parse(...folders, END), 'it has more than 3 files');
  });

  it('refuses a damaged header', () => {
    const damaged = header({});
    damaged[0] = 0x7a;

    assert.equal(parse(damaged, END), 'it is no tar archive, or a header of it is damaged');
  });

  it('refuses an archive without its end mark', () => {
    assert.equal(parse(header({})), 'it ends before its end mark');
  });

  it('refuses what follows the end mark, which another reader may take', () => {
    assert.equal(parse(END, header({})), 'it goes on after its end mark');
  });
});
