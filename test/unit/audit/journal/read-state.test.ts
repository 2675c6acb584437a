import assert from 'node:assert/strict';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readState } from '../../../../src/audit/journal/read-state.ts';
import { StateDatabase } from '../../../../src/audit/journal/state-database.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('readState() reads a space beside its owner, and makes nothing where there is none', async (t) => {
  const folder = await makeTemporaryFolder(t);
  assert.deepEqual(readState(folder, 'a'), new Map());
  assert.deepEqual(await readdir(folder), []);
  const { state } = StateDatabase.open(folder, 0);
  t.after(() => {
    state.close();
  });
  state.write({ space: 'a', changes: { x: '1' } }, { space: 'b', changes: { y: '2' } });

  assert.deepEqual(readState(folder, 'a'), new Map([['x', '1']]));
});

test('readState() names a state that cannot be read', async (t) => {
  const folder = await makeTemporaryFolder(t);
  await writeFile(join(folder, 'state.sqlite'), 'no database'.repeat(100));
  await chmod(join(folder, 'state.sqlite'), 0o600);

  assert.throws(() => readState(folder, 'a'), { code: 'journal_unreadable' });
});
