import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { policyDocsCommand } from '../../../../src/cli/policy/docs.ts';
import { policyNewCommand } from '../../../../src/cli/policy/new.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(folder: string, ...argv: readonly string[]) {
  const world = recordContext({ workingDirectory: folder, environment: process.env });
  const status = await runProgram(['policy', ...argv], {
    commands: [policyNewCommand, policyDocsCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

async function writePolicy(t: TestContext): Promise<string> {
  const folder = await makeTemporaryFolder(t);
  assert.equal((await run(folder, 'new', 'owner')).status, 'ok');
  return folder;
}

test('policy docs prints the catalogue as Markdown, the same each time', async (t) => {
  const folder = await writePolicy(t);

  const { status, printed } = await run(folder, 'docs');

  assert.equal(status, 'ok');
  assert.equal(printed, (await run(folder, 'docs', 'policies/')).printed);
  assert.deepEqual(printed.split('\n').slice(0, 5), [
    '# Policies',
    '',
    '| policy | rule | severity | mode | where it cannot be evaluated |',
    '| --- | --- | --- | --- | --- |',
    '| [owner](#owner) | A Deployment names its owner | warning | audit | allow |',
  ]);
  const finding =
    '| deny | `owner` | `Deployment {input.request.name} has no label {input.parameters.label}.` | `metadata.labels` | `Add the label, with the name of your team.` |';
  assert.ok(printed.split('\n').includes(finding), printed);
});

test('policy docs -o json tells what the configuration says of a policy', async (t) => {
  const folder = await writePolicy(t);
  const policies = {
    mode: 'warn',
    namespaces: { 'team-*': 'enforce' },
    settings: {
      owner: {
        namespaces: { lab: 'off' },
        failure: 'deny',
        deadlineMs: 50,
        parameters: { more: 1 },
      },
    },
  };
  const file = JSON.stringify({ cluster: { name: 'test' }, policies });
  await writeFile(join(folder, 'holdfast.yaml'), file);

  const { status, printed } = await run(folder, 'docs', '-o', 'json');

  assert.equal(status, 'ok');
  assert.deepEqual(JSON.parse(printed), [
    {
      name: 'owner',
      title: 'A Deployment names its owner',
      description: 'Whoever is on call must know whom to ask.',
      severity: 'warning',
      match: {
        operations: ['CREATE', 'UPDATE'],
        groups: ['apps'],
        resources: ['deployments'],
        subresources: [''],
      },
      facts: [],
      optionalFacts: [],
      patches: false,
      findings: [
        {
          rule: 'deny',
          codes: ['owner'],
          messages: ['Deployment {input.request.name} has no label {input.parameters.label}.'],
          paths: ['metadata.labels'],
          remedies: ['Add the label, with the name of your team.'],
        },
      ],
      mode: 'warn',
      namespaces: { 'team-*': 'enforce', lab: 'off' },
      failure: 'deny',
      deadlineMs: 50,
      parameters: { label: 'example.com/owner', more: 1 },
    },
  ]);
});

test('policy docs leaves out modes of namespaces that the mode of the policy comes before', async (t) => {
  const folder = await writePolicy(t);
  const policies = { namespaces: { lab: 'off' }, settings: { owner: { mode: 'enforce' } } };
  const file = JSON.stringify({ cluster: { name: 'test' }, policies });
  await writeFile(join(folder, 'holdfast.yaml'), file);

  const { printed } = await run(folder, 'docs');

  assert.ok(printed.split('\n').includes('| mode | enforce |'), printed);
});

test('policy docs tells each code and text that a rule can have', async (t) => {
  const folder = await writePolicy(t);
  const file = join(folder, 'policies/owner/owner.rego');
  const text = await readFile(file, 'utf8');
  const rules =
    'default code := "owner_missing"\n\ncode := "owner_empty" if input.request.name == ""\n';
  await writeFile(file, `${text.replace('"code": "owner"', '"code": code')}\n${rules}`);

  const { printed } = await run(folder, 'docs', '-o', 'json');

  const [policy]: readonly { readonly findings: readonly unknown[] }[] = JSON.parse(printed);
  assert.partialDeepStrictEqual(policy?.findings, [
    { codes: ['owner_missing', 'owner_empty'], paths: ['metadata.labels'] },
  ]);
});

test('policy docs names what cannot be described, and says where to see more', async (t) => {
  const folder = await writePolicy(t);
  const file = join(folder, 'policies/owner/owner.rego');

  await writeFile(file, 'package holdfast.policies.owner\n\ndeny contains');
  const noRego = await run(folder, 'docs');
  await writeFile(file, 'package holdfast.policies.owner\n\nallow := true\n');
  const noPolicy = await run(folder, 'docs');

  assert.deepEqual([noRego.status, noPolicy.status], ['configuration', 'configuration']);
  assert.match(noRego.reported, /owner\/owner\.rego/u);
  assert.match(noPolicy.reported, /METADATA/u);
  assert.match(noPolicy.reported, /See holdfast policy check/u);
});
