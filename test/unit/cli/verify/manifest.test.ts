import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { verifyManifestCommand } from '../../../../src/cli/verify/manifest.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n';
const OBJECT = CONFIG.replace('{name: a}', '{name: a, namespace: shop}');
const FILES = {
  'app/a.yaml': CONFIG,
  'equal.yaml': OBJECT,
  'differs.yaml': OBJECT.replace('"1"', '"2"'),
  'application.yaml':
    'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\nspec:\n  destination: {namespace: shop}\n  source: {repoURL: r, targetRevision: main}\n  ignoreDifferences: [{kind: ConfigMap, jsonPointers: [/data/x]}]\n  syncPolicy: {syncOptions: [CreateNamespace=true]}\n',
};

async function run(t: TestContext, line: string, files: Record<string, string> = FILES) {
  const folder = await makeTemporaryFolder(t, files);
  const { context, printed, reported } = recordContext({ workingDirectory: folder, stdin: OBJECT });
  const status = await runProgram(['verify', 'manifest', ...line.split(' ')], {
    commands: [verifyManifestCommand],
    groups: {},
    version: '0',
    context,
  });
  return [status, printed(), reported()];
}

for (const [line, status, printed] of [
  ['app -f equal.yaml --namespace shop', 'ok', 'ConfigMap shop/a: equal'],
  ['app -f - --namespace shop', 'ok', 'ConfigMap shop/a: equal'],
  ['app -f equal.yaml', 'failed', 'ConfigMap shop/a: absent\n  the commit declares no such object'],
  ['app -f differs.yaml --namespace shop', 'failed', 'ConfigMap shop/a: differs\n  data.x'],
  ['app -f differs.yaml --namespace shop --mutated data.*', 'ok', 'ConfigMap shop/a: equal'],
  ['app -f differs.yaml --application application.yaml', 'ok', 'ConfigMap shop/a: equal'],
  [
    'app -f equal.yaml --namespace shop --output jsonl --crds equal.yaml --root .',
    'ok',
    '{"apiVersion":"v1","kind":"ConfigMap","namespace":"shop","name":"a","status":"equal","paths":[],"kept":[]}',
  ],
] as const) {
  test(`holdfast verify manifest ${line}`, async (t) => {
    assert.deepEqual(await run(t, line), [status, printed, '']);
  });
}

test('holdfast verify manifest takes the folder with .git for the top of the repository', async (t) => {
  const folder = await makeTemporaryFolder(t, FILES);
  await mkdir(join(folder, '.git'));
  const { context, printed } = recordContext({ workingDirectory: folder });
  const input = {
    arguments: ['app'],
    flag: () => false,
    text: (name: string) => (name === 'namespace' ? 'shop' : undefined),
    texts: (name: string) => (name === 'file' ? ['equal.yaml'] : []),
  };
  assert.equal(await verifyManifestCommand.run(context, input), 'ok');
  assert.equal(printed(), 'ConfigMap shop/a: equal');
});

test('holdfast verify manifest says that a program is missing', async (t) => {
  const [status, printed] = await run(t, 'app -f equal.yaml', { ...FILES, 'app/Chart.yaml': '' });
  assert.equal(status, 'unavailable');
  assert.equal(
    printed,
    'ConfigMap shop/a: unavailable\n  there is no program helm: install it on PATH',
  );
});

for (const [line, reported] of [
  ['app', /Name the objects with -f FILE/u],
  ['app -f none.yaml', /Cannot read none\.yaml: there is no such file/u],
  [
    'app -f application.yaml --application equal.yaml',
    /equal\.yaml: it is no Application of Argo CD/u,
  ],
  ['app -f equal.yaml --mutated a..b', /--mutated: "a\.\.b" is no path/u],
  ['app -f empty.yaml', /empty\.yaml: The document is empty/u],
] as const) {
  test(`holdfast verify manifest ${line} is a wrong command line`, async (t) => {
    const [status, printed, message] = await run(t, line, { ...FILES, 'empty.yaml': '' });
    assert.deepEqual([status, printed], ['usage', '']);
    assert.match(String(message), reported);
  });
}
