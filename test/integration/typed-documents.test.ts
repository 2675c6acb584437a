/** Documents whose commands are typed as a newcomer would: one shell for each, and what it prints compared. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { environmentOfUser, typeSteps, type TypedShell } from '../support/docs/type-steps.ts';
import { listOtherTests, listSteps } from '../support/docs/typed-commands.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
// A step that waits for what does not come would hold the session up for ever.
const SESSION_MS_MAX = 5 * 60_000;

for (const name of [
  'getting-started.md',
  'break-glass.md',
  'commits.md',
  'policies.md',
  'policies/gatekeeper.md',
  'policies/modes.md',
  'policies/bundles.md',
  'policies/explain.md',
  'policies/replay.md',
  'policies/messages.md',
  'policies/testing.md',
  'policies/rollout.md',
  'policies/editor.md',
]) {
  it(
    `every command of docs/${name} runs, and prints what the page shows`,
    { timeout: SESSION_MS_MAX },
    async (test) => {
      const document = await readFile(join(ROOT, 'docs', name), 'utf8');
      const steps = listSteps(document);

      const faults = await typeSteps(test, steps, await openShell(test, name));

      assert.ok(steps.length > 0, 'the page has commands');
      for (const path of listOtherTests(document)) assert.ok(existsSync(join(ROOT, path)), path);
      if (faults.length > 0) assert.fail(`\n${faults.join('\n')}`);
    },
  );
}

/** The first page begins in a clone and makes what the others begin with. */
async function openShell(test: TestContext, name: string): Promise<TypedShell> {
  const folder = await makeTemporaryFolder(test, {
    'bin/holdfast': `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/launch.mjs" holdfast "$@"\n`,
    'work/.keep': '',
  });
  await chmod(join(folder, 'bin', 'holdfast'), 0o755);
  const environment = { ...environmentOfUser(), TMPDIR: folder };
  if (name === 'getting-started.md') return { cwd: ROOT, environment };
  const opa = await ensureOpa({ cacheFolder: cacheFolder() });
  await symlink(opa.path, join(folder, 'bin', 'opa'));
  const path = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  return { cwd: join(folder, 'work'), environment: { ...environment, CLONE: ROOT, PATH: path } };
}
