import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { readTarEntry } from '../../../src/authoring/tar-entry.ts';

function entry(name: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124);
  const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  body.write(text);
  return Buffer.concat([header, body]);
}

const ARCHIVE = gzipSync(
  Buffer.concat([
    entry('/empty', ''),
    entry('/data.json', 'x'.repeat(600)),
    entry('/policy.wasm', 'module'),
    Buffer.alloc(1024),
  ]),
);

function read(archive: Uint8Array, name: string): string | undefined {
  const found = readTarEntry(archive, name);
  return found && Buffer.from(found).toString();
}

describe('readTarEntry()', () => {
  for (const [name, wanted] of [
    ['/policy.wasm', 'module'],
    ['/data.json', 'x'.repeat(600)],
    ['/empty', ''],
    ['/other', undefined],
  ] as const) {
    it(`gives ${wanted === undefined ? 'nothing' : `${wanted.length} bytes`} for ${name}`, () => {
      assert.equal(read(ARCHIVE, name), wanted);
    });
  }

  it('gives nothing where the archive ends without its end mark', () => {
    assert.equal(read(gzipSync(entry('/a', 'x')), '/other'), undefined);
  });

  it('throws on what is no archive', () => {
    assert.throws(() => readTarEntry(Buffer.from('no archive'), '/a'), { code: 'Z_DATA_ERROR' });
  });

  it('reads a name that fills its field', () => {
    const name = 'n'.repeat(100);

    assert.equal(read(gzipSync(entry(name, 'x')), name), 'x');
  });
});
