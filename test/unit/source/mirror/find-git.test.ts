import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findGit } from '../../../../src/source/mirror/find-git.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function makeProgram(t: TestContext, script: string): Promise<string> {
  const folder = await makeTemporaryFolder(t, { git: `#!/bin/sh\n${script}\n` });
  await chmod(join(folder, 'git'), 0o755);
  return folder;
}

test('findGit() finds the git of PATH with its version', async () => {
  const found = await findGit(process.env);

  assert.match(found.path, /^\/.*\/git$/u);
  assert.match(found.version, /^\d+\.\d+/u);
});

test('findGit() refuses an old one, one that fails, and a PATH without any', async (t) => {
  const old = await makeProgram(t, 'echo git version 2.30.1');
  const broken = await makeProgram(t, 'exit 1');
  for (const [PATH, message] of [
    [old, /2\.30\.1 is too old/u],
    [broken, /cannot be run/u],
    ['/nonexistent', /no program git on PATH/u],
    [undefined, /no program git on PATH/u],
  ] as const) {
    await assert.rejects(findGit({ PATH }), { code: 'git_unavailable', message });
  }
});

test('findGit() does not look into relative folders of PATH', async () => {
  await assert.rejects(findGit({ PATH: '.:bin:' }), { code: 'git_unavailable' });
});
