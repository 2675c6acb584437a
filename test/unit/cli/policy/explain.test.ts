import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { policyExplainCommand } from '../../../../src/cli/policy/explain.ts';
import { policyNewCommand } from '../../../../src/cli/policy/new.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { sampleRecord as journalRecord } from '../../../support/journal/sample-record.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const explainedSchema = z.object({
  recorded: z.unknown().optional(),
  policies: z.array(
    z.object({
      mode: z.string().optional(),
      matching: z.object({ condition: z.string().optional() }),
    }),
  ),
});

const REVIEWS = 'policies/owner/reviews/labels.yaml';

async function run(folder: string, ...argv: readonly string[]) {
  const world = recordContext({ workingDirectory: folder, environment: process.env });
  const status = await runProgram(['policy', ...argv], {
    commands: [policyNewCommand, policyExplainCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

async function writePolicy(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await makeTemporaryFolder(t, files);
  assert.equal((await run(folder, 'new', 'owner')).status, 'ok');
  return folder;
}

const DEPLOYMENT =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: report, namespace: shop }\n';

test('policy explain tells of a manifest which policy matched, what it found, and where its rule stands', async (t) => {
  const folder = await writePolicy(t, { 'a.yaml': DEPLOYMENT });

  const { status, printed } = await run(
    folder,
    'explain',
    'a.yaml',
    '--policies',
    'policies',
    '--trace',
  );

  assert.equal(status, 'ok');
  assert.match(printed, /^CREATE deployments\.apps shop\/report {2}a\.yaml$/mu);
  assert.match(printed, /^ {2}owner: A Deployment names its owner$/mu);
  assert.match(printed, /^ {4}mode audit, failure allow, evaluated in \d+\.\d\d ms$/mu);
  assert.match(printed, /^ {4}deny: owner at metadata\.labels$/mu);
  assert.match(printed, /^ {6}owner\/owner\.rego:\d+ deny holds$/mu);
});

test('policy explain --trace names the line at which a rule ended, with its text', async (t) => {
  const labelled = DEPLOYMENT.replace('namespace: shop', 'labels: { example.com/owner: us }');
  const folder = await writePolicy(t, { 'a.yaml': labelled });

  const { printed } = await run(folder, 'explain', 'a.yaml', '--policies', 'policies', '--trace');

  assert.match(
    printed,
    /^ {6}owner\/owner\.rego:\d+ deny ends at line \d+: not input\.request\.object\.metadata\.labels/mu,
  );
});

test('policy explain judges a case of a file of reviews by what that file says is configured', async (t) => {
  const folder = await writePolicy(t);

  const { status, printed } = await run(
    folder,
    'explain',
    REVIEWS,
    '--policies',
    'policies',
    '-o',
    'jsonl',
  );

  assert.equal(status, 'ok');
  const explained = printed.split('\n').map((line) => explainedSchema.parse(JSON.parse(line)));
  assert.equal(explained.length, 4);
  assert.deepEqual(
    explained.map(({ policies: [policy] }) => policy?.mode ?? policy?.matching.condition),
    ['enforce', 'warn', 'enforce', 'operations'],
  );
});

test('policy explain --case explains one of several, and names the file where there is none of that name', async (t) => {
  const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\n`;
  const folder = await writePolicy(t, { 'a.yaml': `${pod('a')}---\n${pod('b')}` });
  const asked = ['explain', 'a.yaml', '--policies', 'policies', '--case'];

  const one = await run(folder, ...asked, 'document 2');
  const none = await run(folder, ...asked, 'document 3');

  assert.equal(one.status, 'ok');
  assert.match(one.printed, /^CREATE pods default\/b {2}a\.yaml#document 2$/mu);
  assert.doesNotMatch(one.printed, /default\/a/u);
  assert.equal(none.status, 'usage');
  assert.match(none.reported, /^holdfast: a\.yaml: it has no review of the name "document 3"$/mu);
});

test('policy explain refuses files and names that it cannot use', async (t) => {
  const folder = await writePolicy(t, { 'a.yaml': DEPLOYMENT, 'broken.yaml': 'a: 1\na: 2\n' });
  const asked = ['--policies', 'policies'];

  const missing = await run(folder, 'explain', 'none.yaml', ...asked);
  const broken = await run(folder, 'explain', 'broken.yaml', ...asked);
  const state = await run(folder, 'explain', 'a.yaml', ...asked, '--cluster-state', 'broken.yaml');
  const policy = await run(folder, 'explain', 'a.yaml', ...asked, '--policy', 'ovner');
  const both = await run(folder, 'explain', 'a.yaml', ...asked, '--bundle', 'bundle');

  assert.deepEqual(
    [missing, broken, state, policy, both].map(({ status }) => status),
    ['usage', 'usage', 'usage', 'usage', 'usage'],
  );
  assert.match(missing.reported, /none\.yaml: Cannot read the file: there is no such file/u);
  assert.match(broken.reported, /broken\.yaml#line 2, column 1: Map keys must be unique/u);
  assert.match(state.reported, /broken\.yaml#line 2, column 1/u);
  assert.match(policy.reported, /--policy "ovner" is none of the bundle[\s\S]*Name one of owner/u);
  assert.match(both.reported, /--policies and --bundle name two candidates/u);
});

const REQUEST = {
  uid: 'a',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  name: 'report',
  namespace: 'shop',
  operation: 'CREATE',
  userInfo: { username: 'alice' },
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'report', namespace: 'shop' },
  },
};

test('policy explain --decision explains a record by what its policies were given', async (t) => {
  const input = { request: REQUEST, facts: {} };
  const lines = [sampleRecord(1), sampleRecord(2, { input })].map((one) => JSON.stringify(one));
  const folder = await writePolicy(t, { 'records.jsonl': lines.join('\n') });
  const asked = ['explain', 'records.jsonl', '--policies', 'policies', '--decision'];

  const kept = await run(folder, ...asked, sampleRecord(2).decisionId);
  const json = await run(folder, ...asked, sampleRecord(2).decisionId, '-o', 'jsonl');
  const bare = await run(folder, ...asked, sampleRecord(1).decisionId);
  const none = await run(folder, ...asked, sampleRecord(3).decisionId);

  assert.equal(kept.status, 'ok');
  assert.match(
    kept.printed,
    /^CREATE deployments\.apps shop\/report {2}01JD3V9K2M8Q4W6X0Y2Z000002$/mu,
  );
  assert.match(kept.printed, /^ {2}recorded {2}denied \(managed_object_changed\)$/mu);
  assert.match(kept.printed, /^ {4}deny: owner at metadata\.labels$/mu);
  assert.deepEqual(explainedSchema.parse(JSON.parse(json.printed)).recorded, {
    allowed: false,
    code: 'managed_object_changed',
  });
  assert.equal(bare.status, 'usage');
  assert.match(
    bare.reported,
    /01JD3V9K2M8Q4W6X0Y2Z000001: it was denied \(managed_object_changed\), and it does not have what the policies were given/u,
  );
  assert.equal(none.status, 'usage');
  assert.match(none.reported, /01JD3V9K2M8Q4W6X0Y2Z000003: there is no such record/u);
});

test('policy explain --decision finds a record of a journal by its index', async (t) => {
  const folder = await writePolicy(t);
  await buildJournal(join(folder, 'journal'), { segments: [2, 2] });
  const id = journalRecord(3).decisionId;

  const found = await run(folder, 'explain', 'journal', '--policies', 'policies', '--decision', id);

  assert.equal(found.status, 'usage');
  assert.match(found.reported, /and it does not have what the policies were given/u);
});

test('policy explain explains one review at a time', async (t) => {
  const folder = await writePolicy(t);

  for (const files of [[], ['a.yaml', 'b.yaml']]) {
    const { status, reported } = await run(folder, 'explain', ...files, '--policies', 'policies');
    assert.equal(status, 'usage');
    assert.match(reported, /One REVIEW is explained at a time/u);
  }
});
