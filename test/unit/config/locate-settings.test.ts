import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLocator } from '../../../src/config/locate-settings.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const PATH = ['policies', 'mode'];

test('createLocator() finds the line and column of a key', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': 'log: {}\npolicies:\n  mode: warn\n' });
  const file = join(folder, 'h.yaml');

  assert.deepEqual((await createLocator(file))(PATH), {
    file,
    line: 3,
    column: 3,
    path: 'policies.mode',
  });
});

test('createLocator() says the first line where there is no file, or one that cannot be read', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'broken.yaml': 'a: [' });
  const first = { line: 1, column: 1, path: 'policies.mode' };

  assert.deepEqual((await createLocator(undefined))(PATH), { file: 'the defaults', ...first });
  for (const name of ['broken.yaml', 'absent.yaml']) {
    const file = join(folder, name);
    assert.deepEqual((await createLocator(file))(PATH), { file, ...first });
  }
});
