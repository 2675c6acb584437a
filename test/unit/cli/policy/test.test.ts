import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { policyNewCommand } from '../../../../src/cli/policy/new.ts';
import { policyTestCommand } from '../../../../src/cli/policy/test.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const OWNER = 'policies/owner';

function start(folder: string, argv: readonly string[], signal?: AbortSignal) {
  const world = recordContext({ workingDirectory: folder, environment: process.env });
  const context = { ...world.context, ...(signal && { stopSignal: () => signal }) };
  const status = runProgram(['policy', ...argv], {
    commands: [policyNewCommand, policyTestCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context,
  });
  return { status, printed: world.printed, reported: world.reported };
}

async function run(folder: string, ...argv: readonly string[]) {
  const { status, printed, reported } = start(folder, argv);
  return { status: await status, printed: printed(), reported: reported() };
}

async function writePolicy(t: TestContext): Promise<string> {
  const folder = await makeTemporaryFolder(t);
  assert.equal((await run(folder, 'new', 'owner')).status, 'ok');
  return folder;
}

const PASSED = [
  'Rego tests with OPA: 2 passed, 0 failed',
  'Rego tests in WebAssembly: 2 passed, 0 failed',
  'recorded reviews: 4 passed, 0 failed',
].join('\n');

test('policy test passes what policy new writes, in both engines and on the path of the webhook', async (t) => {
  const folder = await writePolicy(t);

  const { status, printed } = await run(folder, 'test', '--coverage-min', '100');

  assert.equal(printed, PASSED);
  assert.equal(status, 'ok');
});

test('policy test names what fails, and what it cannot run, and ends with 1', async (t) => {
  const folder = await writePolicy(t);
  await appendFile(
    join(folder, OWNER, 'owner_test.rego'),
    '\ntest_false if 1 == 2\n\ntest_foreign if opa.runtime()\n\ntodo_test_later if 1 == 2\n\ntest_cases[name] if some name in ["a"]\n',
  );
  const reviews = join(folder, OWNER, 'reviews/labels.yaml');
  const text = await readFile(reviews, 'utf8');
  await writeFile(reviews, text.replace('status: warned', 'status: denied'));
  await writeFile(join(folder, OWNER, 'reviews/more.yml'), 'cases: [{name: a}]\n');
  await writeFile(join(folder, OWNER, 'reviews/none.yaml'), 'cases: [\n');

  const { status, printed } = await run(folder, 'test', '--coverage-min', '90');
  const json = await run(folder, 'test', '-o', 'json');
  const junit = await run(folder, 'test', '-o', 'junit');

  assert.equal(status, 'failed');
  assert.deepEqual(printed.split('\n'), [
    'FAILED policies/owner/owner_test.rego:25: data.holdfast.policies.owner_test.test_false (opa)',
    '  it is undefined or false',
    'SKIPPED policies/owner/owner_test.rego:29: data.holdfast.policies.owner_test.todo_test_later (opa)',
    '  its name begins with todo_',
    'FAILED policies/owner/owner_test.rego:25: data.holdfast.policies.owner_test.test_false (wasm)',
    '  it is undefined or false',
    'SKIPPED policies/owner/owner_test.rego:27: data.holdfast.policies.owner_test.test_foreign (wasm)',
    ...printed.split('\n').slice(7, 8),
    'SKIPPED policies/owner/owner_test.rego:31: data.holdfast.policies.owner_test.test_cases (wasm)',
    '  OPA tells its cases apart by a trace, which WebAssembly has not',
    'FAILED policies/owner/reviews/labels.yaml:15: the same, while the policy only warns (review)',
    '  status: wanted "denied", found "warned"',
    'FAILED policies/owner/reviews/more.yml:1: the file (review)',
    '  cases.0.expect: Invalid input: expected object, received undefined',
    'FAILED policies/owner/reviews/none.yaml:2: the file (review)',
    ...printed.split('\n').slice(15, 16),
    'Rego tests with OPA: 4 passed, 1 failed, 1 skipped',
    'Rego tests in WebAssembly: 2 passed, 1 failed, 2 skipped',
    'recorded reviews: 3 passed, 3 failed',
  ]);
  assert.equal(json.status, 'failed');
  const { results }: { results: readonly unknown[] } = JSON.parse(json.printed);
  assert.equal(results.length, 17);
  assert.match(junit.printed, /<testsuites tests="17" failures="5" skipped="3"/u);
});

test('policy test runs all policies of a folder, and fails where an evaluation ends in an error, in both engines', async (t) => {
  const folder = await writePolicy(t);
  assert.equal((await run(folder, 'new', 'second')).status, 'ok');
  assert.equal((await run(folder, 'new', 'another')).status, 'ok');
  await appendFile(
    join(folder, OWNER, 'owner_test.rego'),
    '\nclash := 1 if count([]) == 0\n\nclash := 2 if count([]) < 1\n\ntest_clash if clash == 1\n',
  );

  const { status, printed } = await run(folder, 'test', '-o', 'json');

  const { results }: { results: readonly Record<'engine' | 'name' | 'status', string>[] } =
    JSON.parse(printed);
  assert.equal(status, 'failed');
  assert.deepEqual(
    results.flatMap(({ engine, name, status: ended }) =>
      ended === 'passed' ? [] : [[engine, name, ended]],
    ),
    ['opa', 'wasm'].map((engine) => [
      engine,
      'data.holdfast.policies.owner_test.test_clash',
      'failed',
    ]),
  );
});

test('policy test tells what its Rego tests do not reach, and fails below the percentage', async (t) => {
  const folder = await writePolicy(t);
  await appendFile(
    join(folder, OWNER, 'owner.rego'),
    '\nis_lonely if input.request.name == "a"\n\nis_bad if {\n\tinput.request.name == "b"\n\tinput.request.namespace == "c"\n}\n',
  );

  const told = await run(folder, 'test', '--coverage');
  const less = await run(folder, 'test', '--coverage-min', '90');

  assert.equal(told.status, 'ok');
  const place = 'policies/owner/owner.rego: ';
  assert.ok(
    told.printed.startsWith(`${place}63.6 % covered; not reached: 26, 28-30\n`),
    told.printed,
  );
  assert.equal(less.status, 'failed');
  assert.ok(
    less.printed.startsWith(`${place}63.6 % covered, less than 90 %; not reached: 26, 28-30\n`),
  );
});

test('policy test judges with the configuration, the cluster and the policies that a file names', async (t) => {
  const folder = await writePolicy(t);
  const username = 'system:serviceaccount:argocd:argocd-application-controller';
  const reviews = {
    configuration: { identity: { writers: [{ name: 'argocd', username, tool: 'argocd' }] } },
    policies: 'all',
    clusterState: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }],
    cases: [
      {
        name: 'other label',
        parameters: { label: 'team' },
        as: username,
        proof: 'pod-bound',
        object: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'a', namespace: 'shop', labels: { team: 'b' } },
        },
        expect: { allowed: true, status: 'passed', findings: [], patch: [] },
      },
      { name: 'no object', expect: { allowed: true } },
      { name: 'no review', review: {}, expect: { allowed: true } },
    ],
  };
  const wrong = { configuration: { identity: { writer: [] } }, cases: reviews.cases.slice(0, 1) };
  await writeFile(join(folder, OWNER, 'reviews/labels.yaml'), JSON.stringify(reviews));
  await writeFile(join(folder, OWNER, 'reviews/wrong.yaml'), JSON.stringify(wrong));

  const { printed } = await run(folder, 'test');

  assert.deepEqual(
    printed.split('\n').filter((line) => !line.startsWith('Rego')),
    [
      'FAILED policies/owner/reviews/labels.yaml:1: no object (review)',
      '  a case needs a review, or an object or oldObject with apiVersion and kind',
      'FAILED policies/owner/reviews/labels.yaml:1: no review (review)',
      '  Wanted kind AdmissionReview of apiVersion admission.k8s.io/v1, found another document (review_kind_unsupported)',
      'FAILED policies/owner/reviews/wrong.yaml: other label (review)',
      '  configuration: identity.writer: Unknown key "writer"',
      'recorded reviews: 1 passed, 3 failed',
    ],
  );
});

test('policy test tells a policy without any test, and what does not compile', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'policies/a/a.rego':
      '# METADATA\n# title: A\n# description: B.\n# custom: {severity: info, match: {}, failure: allow}\npackage holdfast.policies.a\n\nwarn contains {"code": "a", "message": "B."}\n',
  });

  const none = await run(folder, 'test');
  await appendFile(join(folder, 'policies/a/a.rego'), 'warn contains');
  const broken = await run(folder, 'test');

  assert.equal(none.status, 'ok');
  assert.match(none.printed, /^policies\/a: no test$/mu);
  assert.equal(broken.status, 'configuration');
  assert.match(broken.reported, /a\/a\.rego:\d+/u);
});

test('policy test wants a percentage', async (t) => {
  for (const text of ['', '101', '-1', 'many']) {
    const { status, reported } = await run(
      await makeTemporaryFolder(t),
      'test',
      '--coverage-min',
      text,
    );
    assert.equal(status, 'usage');
    assert.match(reported, /wants a percentage from 0 to 100/u);
  }
});

test('policy test --watch runs again after each change, also where one does not compile, until it is stopped', async (t) => {
  const folder = await writePolicy(t);
  const stop = new AbortController();
  const { status, printed, reported } = start(folder, ['test', '--watch'], stop.signal);
  const file = join(folder, OWNER, 'owner.rego');
  const text = await readFile(file, 'utf8');

  await waitUntil(() => printed().includes('recorded reviews'));
  await writeFile(file, `${text}\nbroken if {`);
  await waitUntil(() => reported().includes('owner.rego'));
  await writeFile(file, text);
  await waitUntil(() => printed().split('recorded reviews').length > 2);
  stop.abort();

  assert.equal(await status, 'ok');
});
