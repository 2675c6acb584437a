import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { policyNewCommand } from '../../../../src/cli/policy/new.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(folder: string, ...argv: readonly string[]) {
  const world = recordContext({ workingDirectory: folder });
  const status = await runProgram(['policy', 'new', ...argv], {
    commands: [policyNewCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

test('policy new replaces nothing', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'rego/mine/mine.rego': 'package mine\n' });

  const { status, reported } = await run(folder, 'mine', '--out', 'rego');

  assert.equal(status, 'usage');
  assert.match(reported, /mine\.rego" is there already\n.*Choose another name/u);
  assert.equal(await readFile(join(folder, 'rego/mine/mine.rego'), 'utf8'), 'package mine\n');
});

for (const name of ['Upper', '../up', 'with-dash', 'lib', 'schema', '', 'a'.repeat(64)]) {
  test(`policy new refuses the name "${name}"`, async (t) => {
    const { status, reported } = await run(await makeTemporaryFolder(t), name);

    assert.equal(status, 'usage');
    assert.match(reported, /No policy can have the name/u);
  });
}
