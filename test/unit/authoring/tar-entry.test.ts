import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { readTarEntry } from '../../../src/authoring/tar-entry.ts';
import { formatArchive } from '../../../src/policy/bundle/format-archive.ts';

const ARCHIVE = gzipSync(
  formatArchive(
    new Map([
      ['empty', Buffer.from('')],
      ['data.json', Buffer.from('x'.repeat(600))],
      ['policy.wasm', Buffer.from('module')],
    ]),
  ),
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

  it('throws on what is no archive', () => {
    assert.throws(() => readTarEntry(Buffer.from('no archive'), '/a'), { code: 'Z_DATA_ERROR' });
    assert.throws(() => readTarEntry(gzipSync(Buffer.alloc(512, 'x')), '/a'), {
      message:
        'OPA wrote an archive that cannot be read: it is no tar archive, or a header of it is damaged',
    });
  });
});
