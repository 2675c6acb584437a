import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { StateDatabase } from '../../../../src/audit/journal/state-database.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('a write is seen after a close, in its own space', async (context) => {
  const folder = await makeTemporaryFolder(context);
  const first = StateDatabase.open(folder, 0);
  first.state.write({ space: 'a', changes: { x: '1', y: '2' } });
  first.state.write({ space: 'a', changes: { x: undefined, y: '3' } });
  first.state.write({ space: 'b', changes: { x: '4' } });
  first.state.close();

  const { state, damages } = StateDatabase.open(folder, 0);
  context.after(() => state.close());

  assert.deepEqual(state.list('a'), new Map([['y', '3']]));
  assert.deepEqual(state.list('b'), new Map([['x', '4']]));
  assert.deepEqual(damages, []);
});

test('writes that are given together are there together, or none of them', async (context) => {
  const { state } = StateDatabase.open(await makeTemporaryFolder(context), 0);
  context.after(() => state.close());
  const first = { space: 'a', changes: { x: '1' } };

  state.write(first, { space: 'b', changes: { y: '2' } }, { space: 'a', changes: { x: '3' } });
  assert.throws(() =>
    state.write(
      { space: 'b', changes: { y: undefined } },
      { space: 'a', changes: { x: Object(Symbol('no text')) } },
    ),
  );

  assert.deepEqual(state.list('a'), new Map([['x', '3']]));
  assert.deepEqual(state.list('b'), new Map([['y', '2']]));
});

test('a write that fails leaves nothing of it', async (context) => {
  const { state } = StateDatabase.open(await makeTemporaryFolder(context), 0);
  context.after(() => state.close());
  const changes = { x: '1', y: Object(Symbol('no text')) };

  assert.throws(() => state.write({ space: 'a', changes }));

  assert.deepEqual(state.list('a'), new Map());
  state.write({ space: 'a', changes: { x: '2' } });
  assert.deepEqual(state.list('a'), new Map([['x', '2']]));
});

test('a damaged database is put away and a new one begun', async (context) => {
  const folder = await makeTemporaryFolder(context);
  await writeFile(join(folder, 'state.sqlite'), 'x'.repeat(5000));

  const { state, damages } = StateDatabase.open(folder, 0);
  context.after(() => state.close());

  const file = 'broken-1970-01-01T00-00-00-000Z-state.sqlite';
  assert.deepEqual(damages, [{ file, reason: 'file is not a database' }]);
  assert.ok((await readdir(folder)).includes(file));
  assert.deepEqual(state.list('a'), new Map());
});
