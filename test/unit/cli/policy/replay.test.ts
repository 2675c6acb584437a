import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { policyNewCommand } from '../../../../src/cli/policy/new.ts';
import { policyReplayCommand } from '../../../../src/cli/policy/replay.ts';
import { policyTestCommand } from '../../../../src/cli/policy/test.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { sampleActor } from '../../../support/admission-samples.ts';
import { recordContext } from '../../../support/command-context.ts';
import { buildJournal } from '../../../support/journal/build-journal.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

async function run(folder: string, ...argv: readonly string[]) {
  const world = recordContext({ workingDirectory: folder, environment: process.env });
  const status = await runProgram(['policy', ...argv], {
    commands: [policyNewCommand, policyReplayCommand, policyTestCommand],
    groups: { policy: 'Policies' },
    version: '1',
    context: world.context,
  });
  return { status, printed: world.printed(), reported: world.reported() };
}

const replayedSchema = z.object({ flips: z.tuple([z.object({ case: z.string() })]) });

const APPS = { group: 'apps', version: 'v1' };
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'report', namespace: 'shop', annotations: { note: 'long' } },
  spec: { replicas: 1 },
};
const REQUEST = {
  uid: 'a',
  kind: { ...APPS, kind: 'Deployment' },
  resource: { ...APPS, resource: 'deployments' },
  name: 'report',
  namespace: 'shop',
  operation: 'CREATE',
  userInfo: { username: 'alice' },
  object: DEPLOYMENT,
};

/** Allowed until now, for the policy was not there. */
function record(number: number, username: string): string {
  const input = { request: REQUEST, facts: { actor: sampleActor() } };
  return JSON.stringify({
    ...sampleRecord(number),
    user: { username, groups: [], extra: {} },
    managedBy: { tool: 'argocd', app: 'reports' },
    allowed: true,
    code: 'allowed',
    policies: [],
    input,
  });
}

async function arrange(t: TestContext, mode = 'enforce'): Promise<string> {
  const lines = [record(1, 'alice'), record(2, 'bob'), JSON.stringify(sampleRecord(3))];
  const folder = await makeTemporaryFolder(t, {
    'records.jsonl': `${lines.join('\n')}\n`,
    'candidate.yaml': `cluster: { name: test }\npolicies: { settings: { owner: { mode: ${mode} } } }\nidentity: { writers: [] }\n`,
  });
  assert.equal((await run(folder, 'new', 'owner')).status, 'ok');
  return folder;
}

const CANDIDATE = ['--config', 'candidate.yaml', '--policies', 'policies'];

test('policy replay names what a candidate flips, for whom, and what it could not judge', async (t) => {
  const folder = await arrange(t);

  const { status, printed } = await run(folder, 'replay', 'records.jsonl', ...CANDIDATE);

  assert.equal(status, 'failed');
  const lines = printed.split('\n');
  assert.deepEqual(lines.slice(0, 8), [
    'allowed → denied: 2 by owner (owner)',
    '  applications  reports 2',
    '  users         alice 1, bob 1',
    `  for example   ${sampleRecord(1).decisionId}: Deployment report has no label example.com/owner.`,
    '',
    'not judged again',
    '  1  it does not have what the policies were given: audit.journal.input was off',
    '',
  ]);
  assert.match(lines[8] ?? '', /^3 records, 2 judged again, 2 flipped \(.* a second\)$/u);
});

test('policy replay writes a reduced case for each kind of flip, which policy test passes', async (t) => {
  const folder = await arrange(t);

  const replayed = await run(
    folder,
    'replay',
    'records.jsonl',
    ...CANDIDATE,
    '--cases',
    'flips',
    '-o',
    'json',
  );

  const { flips } = replayedSchema.parse(JSON.parse(replayed.printed));
  const [{ case: file }] = flips;
  assert.equal(file, 'flips/owner/reviews/01-allowed-to-denied.yaml');
  const text = await readFile(join(folder, file), 'utf8');
  assert.doesNotMatch(text, /annotations|replicas/u);
  assert.match(text, /writers: \[\]/u);
  await writeFile(join(folder, 'policies/owner/reviews/flip.yaml'), text);
  const tested = await run(folder, 'test');
  assert.equal(tested.status, 'ok', tested.printed);
  assert.match(tested.printed, /recorded reviews: 5 passed, 0 failed/u);
  const again = await run(folder, 'replay', 'records.jsonl', ...CANDIDATE, '--cases', 'flips');
  assert.equal(again.status, 'usage');
  assert.match(again.reported, /"flips" is there already: name a new folder/u);
});

test('policy replay ends with success where nothing flips, and only then', async (t) => {
  const folder = await arrange(t, 'off');

  const none = await run(folder, 'replay', 'records.jsonl', ...CANDIDATE);
  const nobody = await run(folder, 'replay', 'records.jsonl', ...CANDIDATE, '--user', 'carol');

  assert.equal(none.status, 'ok');
  assert.match(none.printed, /3 records, 2 judged again, 0 flipped/u);
  assert.equal(nobody.status, 'failed');
  assert.match(
    nobody.reported,
    /There is nothing to judge: this says nothing about the candidate/u,
  );
});

test('policy replay of a journal whose records hold no input judges nothing, and says why', async (t) => {
  const folder = await arrange(t);
  await buildJournal(join(folder, 'journal'), { segments: [3] });

  const { status, printed, reported } = await run(folder, 'replay', 'journal', ...CANDIDATE);

  assert.equal(status, 'failed');
  assert.match(printed, /^ {2}3 {2}it does not have what the policies were given/mu);
  assert.match(reported, /Nothing could be judged again: this says nothing about the candidate/u);
});

test('policy replay compares reviews with what another configuration decides, and asks for one', async (t) => {
  const folder = await arrange(t);
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: REQUEST };
  await writeFile(join(folder, 'review.json'), JSON.stringify(review));
  await writeFile(join(folder, 'wrong.yaml'), 'clusta: 1\n');

  const built = await run(folder, 'replay', 'review.json', ...CANDIDATE);
  const named = await run(
    folder,
    'replay',
    'review.json',
    '--config',
    'candidate.yaml',
    '--against',
    'candidate.yaml',
  );
  const alone = await run(folder, 'replay', 'review.json', '--config', 'candidate.yaml');
  const wrong = await run(folder, 'replay', 'review.json', ...CANDIDATE, '--against', 'wrong.yaml');

  assert.equal(built.status, 'failed');
  assert.match(built.printed, /^allowed → denied: 1 by owner \(owner\)$/mu);
  assert.equal(named.status, 'ok');
  assert.equal(alone.status, 'usage');
  assert.match(alone.reported, /A review holds no decision[\s\S]*Name it with --against/u);
  assert.equal(wrong.status, 'configuration');
  assert.match(wrong.reported, /wrong\.yaml:1:1/u);
});
