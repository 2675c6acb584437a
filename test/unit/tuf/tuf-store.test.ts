/** On a real disk. */
import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readTufStore, writeTufStore, type KeptTuf } from '../../../src/tuf/tuf-store.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const KEPT: KeptTuf = {
  metadata: { root: '{"root":1}', timestamp: 't', snapshot: 's', targets: 'ts' },
  target: { text: 'the target', refreshedAtMs: 1_767_614_400_000 },
};

describe('readTufStore()', () => {
  it('reads what was written, in a folder of its own user', async (t) => {
    const folder = join(await makeTemporaryFolder(t), 'tuf');
    await writeTufStore(folder, 'one.json', KEPT);
    assert.deepEqual(await readTufStore(folder, 'one.json'), { status: 'read', kept: KEPT });
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(join(folder, 'one.json'))).mode & 0o777, 0o600);
  });

  it('reads what was kept before the first refresh that succeeded', async (t) => {
    const folder = await makeTemporaryFolder(t);
    await writeTufStore(folder, 'one.json', { metadata: { root: 'r' }, target: undefined });
    const reading = await readTufStore(folder, 'one.json');
    assert.equal(reading.status === 'read' && reading.kept.metadata.root, 'r');
    assert.equal(reading.status === 'read' && reading.kept.target, undefined);
  });

  it('says that there is nothing, that it is damaged, and that it cannot be read', async (t) => {
    const folder = await makeTemporaryFolder(t, { 'half.json': '{"version":1,' });
    assert.deepEqual(await readTufStore(folder, 'one.json'), { status: 'absent' });
    assert.equal((await readTufStore(folder, 'half.json')).status, 'damaged');
    await writeFile(join(folder, 'other.json'), '{"version":2,"metadata":{"root":""}}');
    assert.equal((await readTufStore(folder, 'other.json')).status, 'damaged');
    assert.equal(
      (await readTufStore(join(folder, '..'), folder.split('/').at(-1) ?? '')).status,
      'damaged',
    );
  });
});
