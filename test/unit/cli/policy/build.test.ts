import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { policyBuildCommand } from '../../../../src/cli/policy/build.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { loadBundle } from '../../../../src/policy/load-bundle.ts';
import { recordContext } from '../../../support/command-context.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import { answerGatekeeper } from '../../../support/gatekeeper/cluster-samples.ts';
import { policyText } from '../../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(folder: string, argv: readonly string[]) {
  const world = recordContext({ workingDirectory: folder, environment: process.env });
  const status = await runProgram(['policy', 'build', ...argv], {
    commands: [policyBuildCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

function makeSources(t: TestContext): Promise<string> {
  return makeTemporaryFolder(t, { 'rego/sample/sample.rego': policyText() });
}

test('policy build writes a bundle that loads, and says what is in it', async (t) => {
  const folder = await makeSources(t);

  const { status, printed } = await run(folder, ['rego', '--out', 'deep/bundle']);

  assert.equal(status, 'ok');
  const { manifest } = await loadBundle(join(folder, 'deep', 'bundle'));
  const revision = manifest.revision.slice(0, 12);
  assert.equal(printed, `Built 1 policy into deep/bundle (revision ${revision})`);
});

test('policy build -o json prints one object, and replaces an older bundle', async (t) => {
  const folder = await makeSources(t);
  await run(folder, ['rego', '--out', 'bundle']);
  const text = policyText({ body: 'deny contains {"code": "no", "message": "Never"} if true' });
  await writeFile(join(folder, 'rego', 'sample', 'sample.rego'), text);

  const { status, printed } = await run(folder, ['rego', '--out', 'bundle', '-o', 'json']);

  assert.equal(status, 'ok');
  const { manifest } = await loadBundle(join(folder, 'bundle'));
  assert.deepEqual(JSON.parse(printed), {
    revision: manifest.revision,
    opaVersion: manifest.opaVersion,
    policies: ['sample'],
  });
  assert.deepEqual((await readdir(folder)).toSorted(), ['bundle', 'rego']);
});

test('policy build wants to be told where the bundle goes', async (t) => {
  const { status, reported } = await run(await makeSources(t), ['rego']);

  assert.equal(status, 'usage');
  assert.match(
    reported,
    /^holdfast: Name the bundle with --out: a folder, or a file that ends in .tar.gz\n/u,
  );
});

test('policy build replaces nothing but a bundle', async (t) => {
  const folder = await makeSources(t);

  for (const output of ['.', 'rego']) {
    const { status, reported } = await run(folder, ['rego', '--out', output]);

    assert.equal(status, 'usage');
    assert.match(reported, /is no bundle: it holds "[\w/.]+"\. Name a new folder for the output/u);
  }
  assert.equal(await readFile(join(folder, 'rego/sample/sample.rego'), 'utf8'), policyText());
});

test('policy build refuses a file as the output, and takes an empty folder', async (t) => {
  const folder = await makeSources(t);
  await writeFile(join(folder, 'file'), '');
  await mkdir(join(folder, 'empty'));

  assert.equal((await run(folder, ['rego', '--out', 'file'])).status, 'usage');
  assert.equal((await run(folder, ['rego', '--out', 'empty'])).status, 'ok');
});

test('policy build names file and line of what does not compile, and writes nothing', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'rego/sample/sample.rego': policyText({ body: 'deny contains x if' }),
  });

  const { status, reported } = await run(folder, ['rego', '--out', 'bundle']);

  assert.equal(status, 'configuration');
  assert.match(reported, /sample\/sample\.rego:\d+/u);
  assert.deepEqual(await readdir(folder), ['rego']);
});

test('policy build --from-cluster takes the constraints that a cluster has', async (t) => {
  const folder = await makeSources(t);
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  answerGatekeeper(server);
  const cluster = ['--from-cluster', '--kubeconfig', server.kubeconfigFile];

  const { status, printed, reported } = await run(folder, ['rego', '--out', 'bundle', ...cluster]);

  assert.equal(status, 'ok', reported);
  assert.match(printed, /^Built 2 policies/u);
  const { manifest } = await loadBundle(join(folder, 'bundle'));
  assert.deepEqual(
    manifest.policies.map(({ name }) => name),
    ['sample', 'mustbeowned/owned'],
  );
});

test('policy build wants a folder of constraints or a cluster, not both', async (t) => {
  const folder = await makeSources(t);

  const { status, reported } = await run(folder, [
    'rego',
    '--out=bundle',
    '--gatekeeper=team',
    '--from-cluster',
  ]);

  assert.equal(status, 'usage');
  assert.match(reported, /either a folder with --gatekeeper, or the cluster with --from-cluster/u);
});

test('policy build reads no cluster that was named for nothing', async (t) => {
  const folder = await makeSources(t);

  const { status, reported } = await run(folder, ['rego', '--out=bundle', '--context=staging']);

  assert.equal(status, 'usage');
  assert.match(reported, /The cluster of "staging" is read only with --from-cluster/u);
});
