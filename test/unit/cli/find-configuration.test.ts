import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  findConfigurationFile,
  loadFoundConfiguration,
  reportWarnings,
  requireConfiguration,
} from '../../../src/cli/find-configuration.ts';
import { recordContext } from '../../support/command-context.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

test('the named file goes before HOLDFAST_CONFIG, and that before holdfast.yaml', async (t) => {
  const workingDirectory = await makeTemporaryFolder(t, { 'holdfast.yaml': '{}' });
  const environment = { HOLDFAST_CONFIG: 'environment.yaml' };
  const find = (named: string | undefined, world: object) =>
    findConfigurationFile(recordContext({ workingDirectory, ...world }).context, named);

  assert.equal(find('named.yaml', { environment }), 'named.yaml');
  assert.equal(find(undefined, { environment }), 'environment.yaml');
  assert.equal(find(undefined, { environment: { HOLDFAST_CONFIG: '' } }), 'holdfast.yaml');
  assert.equal(find(undefined, {}), 'holdfast.yaml');
});

test('without any file the defaults are in force', async (t) => {
  const workingDirectory = await makeTemporaryFolder(t);
  const { context } = recordContext({ workingDirectory });

  const loaded = await loadFoundConfiguration(context, undefined);

  assert.equal(findConfigurationFile(context, undefined), undefined);
  assert.equal(loaded.ok && loaded.file, undefined);
  assert.equal(
    loaded.ok && loaded.configuration.server.tls.keyFile,
    join(workingDirectory, 'certs/tls.key'),
  );
});

test('a relative file is found from where the command was called, and an absolute one anywhere', async (t) => {
  const workingDirectory = await makeTemporaryFolder(t, { 'a/h.yaml': 'cluster: { name: c }' });
  const { context } = recordContext({ workingDirectory });

  const relative = await requireConfiguration(context, 'a/h.yaml');
  const absolute = await requireConfiguration(context, join(workingDirectory, 'a/h.yaml'));

  assert.equal(relative?.configuration.cluster.name, 'c');
  assert.equal(relative?.hash, absolute?.hash);
});

test('an invalid file is told problem by problem, by the name that was given', async (t) => {
  const workingDirectory = await makeTemporaryFolder(t, { 'h.yaml': 'a: 1\nlogs: 2\n' });
  const { context, reported } = recordContext({ workingDirectory });

  assert.equal(await requireConfiguration(context, 'h.yaml'), undefined);
  assert.match(
    reported(),
    /^holdfast: The configuration is invalid\nh\.yaml:1:1: a: Unknown key "a"\n.*\nh\.yaml:2:1: logs: Unknown key "logs"\n {2}Did you mean "log"\?$/u,
  );
});

test('warnings are told where they are asked for, and do not stop anything', async (t) => {
  const workingDirectory = await makeTemporaryFolder(t, { 'h.yaml': '{}' });
  const { context, reported } = recordContext({ workingDirectory });

  const loaded = await requireConfiguration(context, 'h.yaml');

  assert.ok(loaded);
  assert.equal(reported(), '');
  reportWarnings(context, loaded);
  assert.match(reported(), /^warning: h\.yaml:1:1: identity\.writers: No GitOps controller/u);
});
