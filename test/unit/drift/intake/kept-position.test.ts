import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { keepPosition, readKeptPosition } from '../../../../src/drift/intake/kept-position.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

it('keeps a position for the file that it is of, and believes nothing else', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const kept = { folder, path: '/var/log/audit.log' };
  const position = { inode: '7', offset: 12, print: 'p' };
  assert.equal(await readKeptPosition(kept), undefined);
  await keepPosition(kept, position);
  assert.deepEqual(await readKeptPosition(kept), position);
  assert.equal(await readKeptPosition({ folder, path: '/other.log' }), undefined);
  await writeFile(join(folder, 'intake-audit-file.json'), '{"path":"/var/log/audit.log"}');
  assert.equal(await readKeptPosition(kept), undefined);
});
