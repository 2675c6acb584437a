import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { gatekeeperCommand } from '../../../../src/cli/gatekeeper/gatekeeper.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { KEY_MAKERS } from '../../../support/bundle-keys.ts';
import { recordContext } from '../../../support/command-context.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(t: TestContext, argv: readonly string[], configuration = '{}\n') {
  const workingDirectory = await makeTemporaryFolder(t, {
    'holdfast.yaml': configuration,
    'key.pem': KEY_MAKERS.EdDSA().privatePem,
  });
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const world = recordContext({ workingDirectory, environment });
  const status = await runProgram(['gatekeeper', ...argv], {
    commands: [gatekeeperCommand],
    groups: {},
    version: '1',
    context: world.context,
  });
  return { status, reported: world.reported() };
}

test('gatekeeper wants a key, and a namespace', async (t) => {
  const keyless = await run(t, []);
  assert.equal(keyless.status, 'usage');
  assert.match(keyless.reported, /Name the file of the private key with --key/u);

  const homeless = await run(t, ['--key', 'key.pem']);
  assert.equal(homeless.status, 'usage');
  assert.match(homeless.reported, /Name the namespace of Holdfast with --namespace/u);
});

test('gatekeeper reads its configuration first', async (t) => {
  const { status } = await run(t, ['--key', 'key.pem', '-n', 'holdfast-system'], 'unknown: 1\n');

  assert.equal(status, 'configuration');
});

test('gatekeeper says what a configuration lacks that lets others write constraints', async (t) => {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const place = ['-n', 'holdfast-system', '--kubeconfig', server.kubeconfigFile];

  const { status, reported } = await run(t, ['--key', 'key.pem', ...place]);

  assert.equal(status, 'configuration');
  assert.match(reported, /ownership\.selectors has none/u);
  assert.match(reported, /docs\/policies\/gatekeeper\.md/u);
});
