import assert from 'node:assert/strict';
import { appendFile, copyFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { FileTail, type TailPosition } from '../../../../src/drift/intake/file-tail.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function stage(t: TestContext, text?: string) {
  const folder = await makeTemporaryFolder(t);
  const path = join(folder, 'audit.log');
  if (text !== undefined) await writeFile(path, text);
  const seen = { lines: [] as string[], leftOut: 0, cuts: 0 };
  let position: TailPosition | undefined;
  const open = (from = position) => {
    const tail = new FileTail({ path, position: from, chunkBytes: 16, lineBytesMax: 24 });
    t.after(() => tail.close());
    /** Reads to the end. */
    const read = async (): Promise<readonly string[]> => {
      const lines: string[] = [];
      for (let isAtEnd = false; !isAtEnd;) {
        const reading = await tail.read();
        lines.push(...reading.lines.map((line) => Buffer.from(line).toString()));
        seen.leftOut += reading.leftOut;
        seen.cuts += reading.isCut ? 1 : 0;
        ({ isAtEnd, position } = reading);
      }
      return lines;
    };
    return { read, close: () => tail.close() };
  };
  return { folder, path, seen, open };
}

describe('FileTail', () => {
  it('begins at the end of a file that is there, and at the beginning of one that comes', async (t) => {
    const there = await stage(t, 'old\n');
    const { read } = there.open();
    assert.deepEqual(await read(), []);
    await appendFile(there.path, 'new\n');
    assert.deepEqual(await read(), ['new']);
    const absent = await stage(t);
    const later = absent.open();
    assert.deepEqual(await later.read(), []);
    await writeFile(absent.path, 'first\n');
    assert.deepEqual(await later.read(), ['first']);
  });

  it('passes over the rest of a line that it began within', async (t) => {
    const { path, open } = await stage(t, 'half a l');
    const { read } = open();
    await read();
    await appendFile(path, 'ine\nwhole\n');
    assert.deepEqual(await read(), ['whole']);
  });

  it('waits for the end of a line, and reads lines that are longer than a chunk', async (t) => {
    const { path, open } = await stage(t, '');
    const { read } = open();
    await read();
    await appendFile(path, 'twenty bytes or ');
    assert.deepEqual(await read(), []);
    await appendFile(path, 'so\n\nnext\n');
    assert.deepEqual(await read(), ['twenty bytes or so', 'next']);
  });

  it('leaves out a line that is too long, however it arrives, and goes on after it', async (t) => {
    const { path, open, seen } = await stage(t, '');
    const { read } = open();
    await read();
    await appendFile(path, `${'x'.repeat(100)}\nnext\n${'y'.repeat(25)}\nlast\n`);
    assert.deepEqual(await read(), ['next', 'last']);
    assert.equal(seen.leftOut, 2);
  });

  it('reads the rest of a file that was renamed, then its successor', async (t) => {
    const { folder, path, open } = await stage(t, '');
    const { read } = open();
    await read();
    await appendFile(path, 'a\n');
    await rename(path, join(folder, 'audit-1.log'));
    await appendFile(join(folder, 'audit-1.log'), 'b\n');
    assert.deepEqual(await read(), ['a', 'b'], 'there is none yet');
    await writeFile(path, 'c\n');
    assert.deepEqual(await read(), ['c']);
  });

  it('tells a line that a rotation has cut', async (t) => {
    const { folder, path, open, seen } = await stage(t, '');
    const { read } = open();
    await read();
    await appendFile(path, 'half');
    await read();
    await rename(path, join(folder, 'audit-1.log'));
    await writeFile(path, 'c\n');
    assert.deepEqual(await read(), ['c']);
    assert.equal(seen.leftOut, 1);
  });

  it('begins anew where the file was emptied, also when it is longer by then', async (t) => {
    const { path, open, seen } = await stage(t, '');
    const { read } = open();
    await read();
    await appendFile(path, 'a\nb\n');
    await read();
    await truncate(path);
    assert.deepEqual(await read(), []);
    await appendFile(path, 'c\n');
    assert.deepEqual(await read(), ['c']);
    await writeFile(path, 'd\ne\nf\n');
    await read();
    assert.equal(seen.cuts, 2);
  });

  it('goes on where another process has stopped', async (t) => {
    const { path, open } = await stage(t, '');
    const first = open();
    await first.read();
    await appendFile(path, 'a\nhalf');
    assert.deepEqual(await first.read(), ['a']);
    await first.close();
    await appendFile(path, ' and half\nb\n');
    assert.deepEqual(await open().read(), ['half and half', 'b']);
  });

  it('reads the rest of a file that was renamed while no process was there', async (t) => {
    const { folder, path, open, seen } = await stage(t, '');
    const first = open();
    await first.read();
    await appendFile(path, 'a\n');
    await first.read();
    await first.close();
    await appendFile(path, 'b\n');
    await rename(path, join(folder, 'audit-1.log'));
    await writeFile(path, 'c\n');
    const second = open();
    assert.deepEqual(await second.read(), ['b', 'c']);
    assert.equal(seen.cuts, 0);
  });

  it('says that something is lost where the file of that time is gone', async (t) => {
    const { path, open, seen } = await stage(t, '');
    const first = open();
    await first.read();
    await appendFile(path, 'a\n');
    await first.read();
    await first.close();
    await copyFile(path, `${path}.kept`);
    await rm(path);
    await writeFile(path, 'c\n');
    assert.deepEqual(await open().read(), ['c']);
    assert.equal(seen.cuts, 1);
  });

  it('says that it cannot read what is no file', async (t) => {
    const { folder } = await stage(t);
    const tail = new FileTail({
      path: folder,
      position: undefined,
      chunkBytes: 16,
      lineBytesMax: 24,
    });
    await assert.rejects(tail.read(), /EISDIR/u);
    await tail.close();
  });
});
