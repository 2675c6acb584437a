import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { decide } from '../../../../src/admission/decide.ts';
import { decodeReview } from '../../../../src/admission/decode.ts';
import { createEvaluateCommand } from '../../../../src/cli/evaluate/evaluate.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import type { startDecider } from '../../../../src/authoring/start-decider.ts';
import { sampleContext, sampleFinding, sampleOutcome } from '../../../support/admission-samples.ts';
import { recordContext } from '../../../support/command-context.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

interface Heard {
  clusterStateObjects?: readonly unknown[];
  cluster?: string;
  policySources?: string | undefined;
  closed: number;
  readonly routes: string[];
}

/** Decides as the request path does, with one policy: nobody touches what is called `forbidden`. */
function deciderFor(heard: Heard): typeof startDecider {
  return (configuration, { clusterStateObjects, policySources }) => {
    heard.policySources = policySources;
    heard.clusterStateObjects = clusterStateObjects;
    heard.cluster = configuration.cluster.name;
    return Promise.resolve({
      decide: (bytes, route) => {
        heard.routes.push(route);
        const decoded = decodeReview(bytes, configuration.limits);
        if (!decoded.ok) return Promise.resolve({ status: 'rejected', ...decoded });
        const { request } = decoded;
        const deny = request.name === 'forbidden' ? [sampleFinding()] : [];
        const outcome = sampleOutcome({ deny });
        const judged = [{ outcome, mode: 'enforce', failure: 'deny' }] as const;
        const decision = decide(judged, sampleContext({ route }));
        return Promise.resolve({ status: 'decided', request, decision });
      },
      close: () => {
        heard.closed += 1;
        return Promise.resolve();
      },
    });
  };
}

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\n`;

interface Arrangement {
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

async function run(t: TestContext, argv: readonly string[], { files, stdin }: Arrangement = {}) {
  const workingDirectory = await makeTemporaryFolder(t, files);
  const world = recordContext({ workingDirectory, ...(stdin === undefined ? {} : { stdin }) });
  const heard: Heard = { closed: 0, routes: [] };
  const status = await runProgram(['evaluate', ...argv], {
    commands: [createEvaluateCommand({ startDecider: deciderFor(heard) })],
    groups: {},
    version: '1',
    context: world.context,
  });
  const lines = world.printed().split('\n').filter(Boolean);
  return {
    status,
    printed: world.printed(),
    lines,
    reported: world.reported(),
    heard,
    workingDirectory,
  };
}

test('evaluate ends with success where everything is allowed', async (t) => {
  const { status, printed, heard } = await run(t, ['a.yaml'], { files: { 'a.yaml': pod('a') } });

  assert.equal(status, 'ok');
  assert.match(printed, /^CREATE pods default\/a {2}a\.yaml\n/u);
  assert.match(printed, /\n1 judged, 0 denied$/u);
  assert.equal(heard.closed, 1);
});

test('evaluate ends with failure where anything is denied', async (t) => {
  const files = { 'a.yaml': pod('a'), 'b.yaml': pod('forbidden') };

  const { status, printed } = await run(t, ['a.yaml', 'b.yaml'], { files });

  assert.equal(status, 'failed');
  assert.match(printed, /\n2 judged, 1 denied$/u);
});

test('evaluate -o jsonl prints one object for each review, one on a line, and nothing else', async (t) => {
  const files = { 'a.yaml': `${pod('a')}---\n${pod('forbidden')}` };

  const { status, lines } = await run(t, ['-o', 'jsonl', 'a.yaml'], { files });

  assert.equal(status, 'failed');
  assert.deepEqual(
    lines.map((line) => /"allowed":(?:true|false)/u.exec(line)?.[0]),
    ['"allowed":true', '"allowed":false'],
  );
});

test('a broken file is named, and does not stop the others', async (t) => {
  const files = { 'broken.yaml': 'a: 1\na: 2\n', 'a.yaml': pod('a') };

  const { status, lines, reported } = await run(
    t,
    ['-o', 'jsonl', 'broken.yaml', 'none.yaml', 'a.yaml'],
    { files },
  );

  assert.equal(status, 'usage');
  assert.equal(lines.length, 1);
  assert.equal(
    reported.split('\n').slice(-3).join('\n'),
    [
      'holdfast: broken.yaml#line 2, column 1: Map keys must be unique',
      'holdfast: none.yaml: Cannot read the file: there is no such file',
      'Name a file of admission reviews or Kubernetes objects, as JSON or YAML',
    ].join('\n'),
  );
});

test('a review that cannot be decoded is denied, not an error', async (t) => {
  const files = { 'a.json': '{"kind":"AdmissionReview","request":{}}' };

  const { status, lines } = await run(t, ['-o', 'jsonl', 'a.json'], { files });

  assert.equal(status, 'failed');
  assert.match(lines[0] ?? '', /"code":"review_/u);
});

test('"-" is standard input', async (t) => {
  const { status, printed } = await run(t, ['-'], { stdin: pod('a') });

  assert.equal(status, 'ok');
  assert.match(printed, /^CREATE pods default\/a {2}-\n/u);
});

test('what is stored makes a manifest an UPDATE, and the live cluster is handed on', async (t) => {
  const files = {
    'a.yaml': pod('a'),
    'b.yaml': pod('b'),
    'old.yaml': pod('a'),
    'state.yaml': `${pod('b')}---\n${pod('c')}`,
  };

  const { printed, heard } = await run(
    t,
    ['a.yaml', 'b.yaml', '--old', 'old.yaml', '--cluster-state', 'state.yaml'],
    { files },
  );

  assert.match(printed, /^UPDATE pods default\/a /u);
  assert.match(printed, /\nUPDATE pods default\/b /u);
  assert.deepEqual(heard.clusterStateObjects, [
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c' } },
  ]);
});

test('--operation, --as and --route say what is asked', async (t) => {
  const { printed, heard } = await run(
    t,
    ['a.yaml', '--operation', 'DELETE', '--as', 'alice', '--route', 'mutate'],
    { files: { 'a.yaml': pod('a') } },
  );

  assert.match(printed, /^DELETE pods default\/a {2}a\.yaml\n {2}who +alice/u);
  assert.deepEqual(heard.routes, ['mutate']);
});

test('half of the cluster state is not enough to decide on', async (t) => {
  const files = { 'a.yaml': pod('a'), 'state.yaml': '- 1\n' };

  const { status, lines, reported, heard } = await run(
    t,
    ['a.yaml', '--cluster-state', 'state.yaml', '--old', 'none.yaml'],
    { files },
  );

  assert.equal(status, 'usage');
  assert.deepEqual(lines, []);
  assert.match(reported, /state\.yaml#item 1: .*\nholdfast: none\.yaml: Cannot read the file/u);
  assert.equal(heard.closed, 0);
});

test('the named configuration decides, and an invalid one ends the command', async (t) => {
  const files = { 'a.yaml': pod('a'), 'h.yaml': 'cluster: { name: c }', 'bad.yaml': 'x: 1' };

  const good = await run(t, ['a.yaml', '--config', 'h.yaml'], { files });
  const bad = await run(t, ['a.yaml', '--config', 'bad.yaml'], { files });

  assert.equal(good.heard.cluster, 'c');
  assert.equal(bad.status, 'configuration');
});

test('an absolute path is read as it is', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'a.yaml': pod('a') });

  assert.equal((await run(t, [join(folder, 'a.yaml')])).status, 'ok');
});
