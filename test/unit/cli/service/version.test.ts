import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPackageFacts } from '../../../../src/cli/package-version.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { versionCommand } from '../../../../src/cli/service/version.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(workingDirectory: string, ...argv: string[]) {
  const world = recordContext({ workingDirectory });
  const options = { commands: [versionCommand], groups: {}, version: '1', context: world.context };
  const status = await runProgram(['version', ...argv], options);
  return { status, printed: world.printed(), reported: world.reported() };
}

test('version prints what a report of a fault needs', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'holdfast.yaml': '{}' });
  const { version, opaWasm } = readPackageFacts();
  const { node } = process.versions;

  assert.deepEqual(await run(folder), {
    status: 'ok',
    printed: `holdfast ${version}\nnode ${node}\nopa-wasm ${opaWasm}`,
    reported: '',
  });
  assert.deepEqual(JSON.parse((await run(folder, '-o', 'json')).printed), {
    holdfast: version,
    node,
    opaWasm,
  });
});

test('version tells of a configuration or a bundle that it cannot read', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'bad.yaml': 'logs: {}',
    'none.yaml': 'policies: { bundle: none }',
  });

  const bad = await run(folder, '--config', 'bad.yaml');
  const none = await run(folder, '--config', 'none.yaml');

  assert.equal(bad.status, 'configuration');
  assert.match(bad.reported, /Unknown key "logs"/u);
  assert.equal(none.status, 'configuration');
  assert.match(none.reported, /^holdfast: /u);
});
