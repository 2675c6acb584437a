import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { ensureOpa } from '../../../../src/authoring/opa-binary.ts';
import { cacheFolder } from '../../../../src/base/cache-folder.ts';
import { policyCheckCommand } from '../../../../src/cli/policy/check.ts';
import { policyNewCommand } from '../../../../src/cli/policy/new.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(folder: string, ...argv: readonly string[]) {
  const world = recordContext({ workingDirectory: folder, environment: process.env });
  const status = await runProgram(['policy', ...argv], {
    commands: [policyNewCommand, policyCheckCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

async function writePolicy(t: TestContext): Promise<string> {
  const folder = await makeTemporaryFolder(t);
  const { status, printed } = await run(folder, 'new', 'deployment_owner');
  assert.equal(status, 'ok');
  assert.equal(
    printed,
    [
      'policies/deployment_owner/deployment_owner.rego',
      'policies/deployment_owner/deployment_owner_test.rego',
      'policies/deployment_owner/reviews/labels.yaml',
      'policies/deployment_owner/README.md',
    ].join('\n'),
  );
  return folder;
}

test('what policy new writes passes policy check and its own test', async (t) => {
  const folder = await writePolicy(t);

  const { status, printed } = await run(folder, 'check');

  assert.equal(printed, '1 policy, 0 problems');
  assert.equal(status, 'ok');
  const opa = await ensureOpa({ cacheFolder: cacheFolder() });
  const { stdout } = await promisify(execFile)(opa.path, ['test', 'policies'], { cwd: folder });
  assert.match(stdout, /^PASS: 2\/2\s*$/u);
});

test('policy check names place, code and remedy of each problem, and ends with 1', async (t) => {
  const folder = await writePolicy(t);
  const file = join(folder, 'policies/deployment_owner/deployment_owner.rego');
  await appendFile(file, '\nwarn contains {"code": "a", "message": "Bad."} if lookup(input)\n');
  const row = (await readFile(file, 'utf8')).split('\n').length - 1;

  const table = await run(folder, 'check', 'policies/');
  const json = await run(folder, 'check', '-o', 'json');

  assert.equal(table.status, 'failed');
  assert.equal(
    table.printed,
    [
      `policies/deployment_owner/deployment_owner.rego:${row}: "input" hides which fact is read (fact_hidden)`,
      '  Write "input.facts.<name>" out',
      `policies/deployment_owner/deployment_owner.rego:${row}: undefined function lookup (builtin_unknown)`,
      '  Correct the name. What asks the network, the clock of another machine or the environment is refused: a fact or a parameter says it',
      '1 policy, 2 problems',
    ].join('\n'),
  );
  assert.equal(json.status, 'failed');
  assert.deepEqual(JSON.parse(json.printed), {
    policies: ['deployment_owner'],
    problems: [
      {
        file: 'deployment_owner/deployment_owner.rego',
        row,
        code: 'fact_hidden',
        text: '"input" hides which fact is read',
        remedy: 'Write "input.facts.<name>" out',
      },
      {
        file: 'deployment_owner/deployment_owner.rego',
        row,
        code: 'builtin_unknown',
        text: 'undefined function lookup',
        remedy:
          'Correct the name. What asks the network, the clock of another machine or the environment is refused: a fact or a parameter says it',
      },
    ],
  });
});

test('policy check says where it looked for policies', async (t) => {
  const { status, reported } = await run(await makeTemporaryFolder(t), 'check');

  assert.equal(status, 'configuration');
  assert.match(reported, /Cannot read the policy folder ".*policies"/u);
});

test('policy check ends where the texts of a finding stand for each other', async (t) => {
  const folder = await writePolicy(t);
  const file = join(folder, 'policies/deployment_owner/deployment_owner.rego');
  await appendFile(
    file,
    [
      '',
      'warn contains {"code": "a", "message": one, "remedy": words} if input.request.name == "a"',
      '',
      'one := two',
      '',
      'two := one',
      '',
      'words contains "a"',
      '',
    ].join('\n'),
  );

  const { status, printed } = await run(folder, 'check');

  assert.equal(status, 'failed');
  assert.match(printed, /the "message" of "warn" .*is nested too deeply to be checked/u);
});
