import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MirrorIndex } from '../../../../src/source/mirror/mirror-index.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const ROOM = { mirrorsMax: 100, folderBytesMax: 1000 };

test('MirrorIndex removes the mirrors that were used least recently, by count and by bytes', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const index = await MirrorIndex.open(folder);
  await index.note('old', { usedAtMs: 1, bytes: 400 });
  await index.note('new', { usedAtMs: 3, bytes: 400 });
  await index.note('middle', { usedAtMs: 2, bytes: 400 });

  assert.equal(await index.evict(ROOM), 1);
  assert.deepEqual((await readdir(folder)).toSorted(), ['middle', 'new']);
  assert.equal(await index.evict({ ...ROOM, mirrorsMax: 1 }), 1);
  assert.deepEqual([await readdir(folder), index.count, index.bytes], [['new'], 1, 400]);
});

test('MirrorIndex keeps a mirror that is in use', async (t) => {
  const index = await MirrorIndex.open(await makeTemporaryFolder(t));
  await index.note('old', { usedAtMs: 1, bytes: 900 });
  await index.note('new', { usedAtMs: 2, bytes: 900 });
  index.hold('old');
  index.hold('old');
  index.release('old');

  assert.equal(await index.evict(ROOM), 1);
  assert.equal(await index.evict({ ...ROOM, mirrorsMax: 0 }), 0);
  index.release('old');
  assert.equal(await index.evict({ ...ROOM, mirrorsMax: 0 }), 1);
});

test('MirrorIndex knows after a restart what was there, and survives a damaged entry', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const before = await MirrorIndex.open(folder);
  await before.note('one', { usedAtMs: 1, bytes: 300 });
  await mkdir(join(folder, 'damaged'));
  await writeFile(join(folder, 'damaged', 'size'), 'many');
  await mkdir(join(folder, 'unfinished'));

  const after = await MirrorIndex.open(folder);

  assert.deepEqual([after.count, after.bytes], [2, 300]);
});
