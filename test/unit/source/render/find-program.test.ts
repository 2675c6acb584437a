import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { findProgram } from '../../../../src/source/render/find-program.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('findProgram() takes the first executable file, and no relative folder', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'a/tool': '', 'b/tool': '', 'c/tool/x': '' });
  await chmod(join(folder, 'b/tool'), 0o755);
  const path = ['.', join(folder, 'none'), join(folder, 'c'), join(folder, 'a'), join(folder, 'b')];
  assert.equal(findProgram('tool', path.join(delimiter)), join(folder, 'b/tool'));
  assert.equal(findProgram('tool', ''), undefined);
  assert.equal(findProgram('tool', undefined), findProgram('tool', process.env['PATH']));
});
