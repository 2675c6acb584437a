import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { adoptCommand } from '../../../../src/cli/adopt/adopt.ts';
import { configCheckCommand } from '../../../../src/cli/config/check.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { ADOPTION_PATHS, openAdoptionStage } from '../../../support/adoption-stage.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function open(t: TestContext) {
  const api = await openAdoptionStage(t);
  const folder = await makeTemporaryFolder(t, {});
  const typeWith = async (showsProgress: boolean, ...argv: readonly string[]) => {
    const environment = { KUBECONFIG: api.kubeconfigFile };
    const { context, printed, reported } = recordContext({
      workingDirectory: folder,
      environment,
      showsProgress,
    });
    const status = await runProgram(argv, {
      commands: [adoptCommand, configCheckCommand],
      groups: { config: 'Check' },
      version: '0',
      context,
    });
    return { status, printed: printed(), reported: reported() };
  };
  const type = (...argv: readonly string[]) => typeWith(false, ...argv);
  const typeOnTerminal = (...argv: readonly string[]) => typeWith(true, ...argv);
  return { api, folder, type, typeOnTerminal };
}

test('the file that is written passes config check, and the next steps name it', async (t) => {
  const { folder, type } = await open(t);

  const { status, printed, reported } = await type('adopt', '--out', 'new.yaml');

  assert.deepEqual([status, printed], ['ok', '']);
  assert.match(reported, /^ {2}holdfast config check new\.yaml$/mu);
  assert.match(await readFile(join(folder, 'new.yaml'), 'utf8'), /argocd-application-controller/u);
  assert.equal((await type('config', 'check', 'new.yaml')).status, 'ok');
});

test('a file that is there is kept: somebody may have answered its questions', async (t) => {
  const { folder, type } = await open(t);
  await type('adopt', '--out', 'new.yaml');
  const before = await readFile(join(folder, 'new.yaml'), 'utf8');

  const { status, reported } = await type('adopt', '--cluster', 'other', '--out', 'new.yaml');

  assert.equal(status, 'unavailable');
  assert.match(reported, /Name another file with --out/u);
  assert.equal(await readFile(join(folder, 'new.yaml'), 'utf8'), before);
});

test('standard output has the file alone, or all that was found', async (t) => {
  const { type } = await open(t);

  const yaml = await type('adopt');
  const json = await type('adopt', '--output', 'json');

  assert.match(yaml.printed, /^# Written by holdfast adopt/u);
  assert.match(yaml.reported, /holdfast config check holdfast\.yaml/u);
  assert.equal(json.reported, '');
  assert.ok('configuration' in JSON.parse(json.printed));
});

test('what could not be looked at is in the file and in the exit code', async (t) => {
  const { api, type } = await open(t);
  api.answer(ADOPTION_PATHS.nodes, { status: 403 });

  const { status, printed, reported } = await type('adopt');

  assert.equal(status, 'unavailable');
  assert.match(printed, /# Could not look at nodes/u);
  assert.match(reported, /kubectl create clusterrole holdfast-adopt .*--resource=nodes$/mu);
});

test('whoever waits at a terminal is told for what, and nobody else', async (t) => {
  const { api, type, typeOnTerminal } = await open(t);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const answered = { body: { items: [] }, after: promise };
  api.answer(ADOPTION_PATHS.deployments, answered);
  setTimeout(() => {
    resolve(undefined);
  }, 1100);

  const [watched, unwatched] = await Promise.all([typeOnTerminal('adopt'), type('adopt')]);

  assert.match(watched.reported, /^looking at the cluster: \d+ kinds?, 1 s$/mu);
  assert.doesNotMatch(unwatched.reported, /looking at/u);
});

test('a configuration that is there and invalid is told: it may name the cluster', async (t) => {
  const { folder, type } = await open(t);
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(folder, 'holdfast.yaml'), 'nobody: knows');

  assert.equal((await type('adopt')).status, 'configuration');
});
