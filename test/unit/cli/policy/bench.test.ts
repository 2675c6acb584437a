import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  benchReportSchema,
  type BenchReport,
} from '../../../../src/authoring/bench/bench-report-schema.ts';
import { policyBenchCommand } from '../../../../src/cli/policy/bench.ts';
import { policyNewCommand } from '../../../../src/cli/policy/new.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

/** As short as it can be: what is measured does not matter here. */
const SHORT = ['--rounds', '1', '--seconds', '0.1'];

async function run(folder: string, ...argv: readonly string[]) {
  const world = recordContext({ workingDirectory: folder, environment: process.env });
  const status = await runProgram(['policy', ...argv], {
    commands: [policyNewCommand, policyBenchCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

async function writePolicies(t: TestContext, ...names: readonly string[]): Promise<string> {
  const folder = await makeTemporaryFolder(t);
  for (const name of names) assert.equal((await run(folder, 'new', name)).status, 'ok');
  return folder;
}

async function measure(folder: string, ...argv: readonly string[]): Promise<BenchReport> {
  const { status, printed } = await run(folder, 'bench', ...SHORT, '-o', 'json', ...argv);
  assert.equal(status, 'ok');
  return benchReportSchema.parse(JSON.parse(printed));
}

test('policy bench measures each policy on the reviews beside it', async (t) => {
  const folder = await writePolicies(t, 'owner', 'second');

  const all = await measure(folder);
  const one = await measure(folder, 'second');

  // Of four reviews one is a deletion, which the policy does not judge.
  assert.deepEqual(
    all.policies.map(({ name, reviews }) => [name, reviews]),
    [
      ['owner', 3],
      ['second', 3],
    ],
  );
  assert.deepEqual(all.unmeasured, []);
  for (const { calls, p50Us, p99Us, wasmBytes, heapBytes } of all.policies) {
    assert.ok(calls > 0 && p50Us > 0 && p99Us >= p50Us, JSON.stringify(all));
    // A document of some hundred bytes, parsed; and a result of about as many.
    assert.ok(wasmBytes > 1000 && wasmBytes < 1_000_000, String(wasmBytes));
    assert.ok(heapBytes > 0 && heapBytes < 100_000, String(heapBytes));
  }
  assert.deepEqual(
    one.policies.map(({ name }) => name),
    ['second'],
  );
});

test('policy bench measures on the reviews of files and folders, and says which policy they do not reach', async (t) => {
  const folder = await writePolicies(t, 'owner', 'second');
  const object = (kind: string, apiVersion: string): object => ({
    apiVersion,
    kind,
    metadata: { name: 'report', namespace: 'shop' },
  });
  await writeFile(join(folder, 'objects.json'), JSON.stringify(object('Deployment', 'apps/v1')));
  const text = await readFile(join(folder, 'policies/second/second.rego'), 'utf8');
  await writeFile(
    join(folder, 'policies/second/second.rego'),
    text.replace('resources: [deployments]', 'resources: [statefulsets]'),
  );

  const { policies, unmeasured } = await measure(folder, '--reviews', 'objects.json');

  assert.deepEqual(
    policies.map(({ name, reviews }) => [name, reviews]),
    [['owner', 4]],
  );
  assert.deepEqual(unmeasured, [{ name: 'second', reason: 'no recorded review is judged by it' }]);
});

test('policy bench compares with an earlier answer, and ends with 1 where a median is longer', async (t) => {
  const folder = await writePolicies(t, 'owner');
  const baseline = await measure(folder);
  const scaled = (factor: number): string =>
    JSON.stringify({
      ...baseline,
      policies: baseline.policies.map((of) => ({ ...of, p50Us: of.p50Us * factor })),
    });
  await writeFile(join(folder, 'fast.json'), scaled(0.001));
  await writeFile(join(folder, 'slow.json'), scaled(1000));

  const slower = await run(folder, 'bench', ...SHORT, '--compare', 'fast.json');
  const faster = await run(folder, 'bench', ...SHORT, '--compare', 'slow.json', '-o', 'json');

  assert.equal(slower.status, 'failed');
  assert.match(slower.printed, /^owner +3 .* ×\d+\.\d\d +×\d+\.\d\d +slower$/mu);
  assert.match(slower.printed, /^1 policy slower than before by more than 20 %$/mu);
  assert.equal(faster.status, 'ok');
  const { comparison }: { comparison: { policies: readonly { verdict: string }[] } } = JSON.parse(
    faster.printed,
  );
  assert.deepEqual(
    comparison.policies.map(({ verdict }) => verdict),
    ['faster'],
  );
});

test('policy bench ends an evaluation that never would, and ends with 1 where nothing was measured', async (t) => {
  const folder = await writePolicies(t, 'owner');
  await appendFile(
    join(folder, 'policies/owner/owner.rego'),
    [
      '',
      'audit contains {"code": "endless", "message": "Endless."} if {',
      '\tsome a in numbers.range(1, 100000)',
      '\tsome b in numbers.range(1, 100000)',
      '\ta * b < 0',
      '}',
      '',
    ].join('\n'),
  );

  const { status, printed } = await run(folder, 'bench', ...SHORT);

  assert.equal(status, 'failed');
  assert.match(printed, /^owner: not measured: owner\/reviews\/labels\.yaml#a developer .*: .*/u);
});

test('policy bench refuses what it cannot measure, with the place', async (t) => {
  const folder = await writePolicies(t, 'owner');
  const refusal = async (...argv: readonly string[]): Promise<string> => {
    const { status, reported } = await run(folder, 'bench', ...argv);
    assert.equal(status, 'usage');
    return reported;
  };

  assert.match(await refusal('ownr'), /There is no policy "ownr"\n.*Did you mean "owner"\?/u);
  assert.match(await refusal('--rounds', '1.5'), /--rounds wants a whole number from 1 to 100/u);
  assert.match(await refusal('--seconds', '0'), /--seconds wants a number from 0\.1 to 600/u);
  assert.match(await refusal('--tolerance', 'x'), /--tolerance wants a number from 0 to 900/u);
  assert.match(
    await refusal('--compare', 'none.json'),
    /The baseline "none\.json" cannot be used/u,
  );
  assert.match(await refusal('--reviews', 'none.json'), /none\.json: Cannot read the file/u);
  await writeFile(join(folder, 'policies/owner/reviews/more.yaml'), 'cases: [{name: a}]\n');
  assert.match(await refusal(), /owner\/reviews\/more\.yaml: line 1: cases\.0\.expect: /u);
  await writeFile(
    join(folder, 'policies/owner/reviews/more.yaml'),
    'configuration: {cluster: 7}\ncases: [{name: a, object: {apiVersion: v1, kind: Pod}, expect: {allowed: true}}]\n',
  );
  assert.match(await refusal(), /owner\/reviews\/more\.yaml#a: configuration: cluster/u);
});
