import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMs } from '../../../src/base/clock.ts';
import type { JudgedCommit } from '../../../src/compose/commit-judge.ts';
import type { OwnedSource } from '../../../src/compose/describe-application.ts';
import { RevisionChooser } from '../../../src/compose/revision-chooser.ts';
import { SourceJudge, type CommitKey } from '../../../src/compose/source-judge.ts';
import { commitsSchema } from '../../../src/signature/trust/settings.ts';
import type { CommitFact } from '../../../src/source/commits/commit-fact.ts';
import { formatVerdictKey } from '../../../src/source/commits/verdict-key.ts';
import { VerdictCache, type NoVerdict } from '../../../src/verdict/verdict-cache.ts';
import { VerdictMap } from '../../../src/verdict/verdict-map.ts';
import type { SourceHint } from '../../../src/source/revision-hint.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';

const ID = 'a'.repeat(40);
const REPOSITORY = 'https://git.example.com/platform/shop';
const NEVER = new Promise<never>(() => undefined);
const { rules: RULES } = commitsSchema.parse({
  rules: [
    {
      name: 'production',
      repositories: [REPOSITORY],
      paths: ['production/**'],
      signers: [{ scheme: 'ssh', principal: 'anna@example.com' }],
    },
    {
      name: 'rest',
      repositories: ['https://git.example.com/**'],
      signers: [{ scheme: 'ssh', principal: '*@example.com' }],
      unavailable: 'warn',
    },
  ],
});

function rejected(rule: string): JudgedCommit {
  return {
    status: 'rejected',
    repository: REPOSITORY,
    rule,
    code: 'unsigned',
    reason: 'The commit has no signature',
    objectId: ID,
  };
}

function stage(
  answer: (key: CommitKey) => Promise<JudgedCommit | NoVerdict>,
  hash: () => string | undefined = () => 'trust',
) {
  const time = new SimulatedTime();
  const { clock, wait } = time;
  const asked: CommitKey[] = [];
  const verdicts = new VerdictCache<CommitKey, JudgedCommit>({
    formatKey: formatVerdictKey,
    noun: 'commit',
    judge: (key) => {
      asked.push(key);
      return answer(key);
    },
    store: new VerdictMap(10),
    ageMsMax: 60_000,
    pendingMax: 10,
    clock,
    wait,
    onJudged: () => undefined,
  });
  const chooser = new RevisionChooser({
    supervisor: { ask: () => Promise.reject(new Error('Nobody is asked for a tip')) },
    clock,
    wait,
  });
  const supervisor = { trustHash: hash };
  const judge = new SourceJudge({
    rules: RULES,
    waitMs: 2500,
    verdicts,
    chooser,
    supervisor,
    clock,
  });
  const judgeAll = (
    sources: readonly OwnedSource[],
    withinMs = 4000,
  ): Promise<readonly CommitFact[]> =>
    judge.judge({ id: 'argocd/shop', sources }, addMs(clock.monotonicMs(), withinMs));
  return { time, asked, judge, judgeAll };
}

function source(
  more: Partial<Extract<SourceHint, { readonly kind: 'commit' }>> = {},
  access: OwnedSource['access'] = { tool: 'argocd', project: 'default' },
): OwnedSource {
  return {
    access,
    source: {
      kind: 'commit',
      repository: `${REPOSITORY}.git`,
      tracked: 'main',
      path: 'production/eu',
      role: 'source',
      hints: [{ claimedObjectId: ID, claimedBy: 'running-operation' }],
      ...more,
    },
  };
}

test('the first rule that names repository and path judges, whatever the spelling of the URL', async () => {
  const { judgeAll, asked } = stage(({ rule }) => Promise.resolve(rejected(rule)));

  const facts = await judgeAll([source(), source({ path: 'staging' })]);

  assert.deepEqual(facts, [
    { ...rejected('production'), path: 'production/eu' },
    { ...rejected('rest'), path: 'staging' },
  ]);
  assert.deepEqual(
    asked.map(({ repository, rule, tracked, objectId, scope, trustHash }) => ({
      repository,
      rule,
      tracked,
      objectId,
      scope,
      trustHash,
    })),
    ['production', 'rest'].map((rule) => ({
      repository: REPOSITORY,
      rule,
      tracked: 'main',
      objectId: ID,
      scope: 'argocd default',
      trustHash: 'trust',
    })),
  );
});

test('paths of one rule share a verdict; those who may use other credentials do not', async () => {
  const { judgeAll, asked } = stage(({ rule }) => Promise.resolve(rejected(rule)));

  await judgeAll([source(), source({ path: 'production/us' })]);
  assert.equal(asked.length, 1);
  await judgeAll([source({}, { tool: 'argocd', project: 'other' })]);
  await judgeAll([source({}, { tool: 'flux', secret: { namespace: 'a', name: 'b' } })]);
  await judgeAll([source({}, { tool: 'flux' })]);
  assert.deepEqual(
    asked.map(({ scope }) => scope),
    ['argocd default', 'argocd other', 'flux a/b', 'flux'],
  );
});

test('what nobody can tell follows the mode of its rule', async () => {
  const noAnswer: NoVerdict = { status: 'unavailable', reason: 'No answer', retryAfterMs: 1 };
  const { judgeAll } = stage(() => Promise.resolve(noAnswer));

  const facts = await judgeAll([source(), source({ path: 'staging' }), source({ hints: [] })]);

  const unavailable = { status: 'unavailable', repository: REPOSITORY } as const;
  assert.deepEqual(facts, [
    {
      ...unavailable,
      path: 'production/eu',
      rule: 'production',
      reason: 'No answer',
      mode: 'deny',
    },
    { ...unavailable, path: 'staging', rule: 'rest', reason: 'No answer', mode: 'warn' },
    {
      ...unavailable,
      path: 'production/eu',
      rule: 'production',
      reason: 'The status of its application names no commit',
      mode: 'deny',
    },
  ]);
});

test('a request leaves time for its decision', async () => {
  const { judgeAll, time } = stage(() => NEVER);
  const judging = judgeAll([source()], 1500);

  await time.pass(1001);

  const [fact] = await judging;
  assert.equal(fact?.status, 'unavailable');
});

test('keys that change meanwhile are asked again, and no keys are no verdict', async () => {
  const hashes = ['old', 'new', 'new', 'new'];
  const { judgeAll, asked } = stage(
    ({ rule }) => Promise.resolve(rejected(rule)),
    () => hashes.shift(),
  );

  await judgeAll([source()]);
  assert.deepEqual(
    asked.map(({ trustHash }) => trustHash),
    ['old', 'new'],
  );
  const [fact] = await judgeAll([source()]);
  assert.equal(fact?.status, 'unavailable');
});

test('what is prepared is there when it is asked for', async () => {
  const { judge, judgeAll, asked } = stage(({ rule }) => Promise.resolve(rejected(rule)));
  const elsewhere = source({ repository: 'https://elsewhere.example/x' });
  const chart: OwnedSource = {
    access: { tool: 'argocd', project: 'default' },
    source: { kind: 'no-commit', repository: 'https://charts.example.com', reason: 'oci' },
  };

  judge.prepare({ sources: [source(), elsewhere, chart] });
  assert.equal(asked.length, 1);
  const facts = await judgeAll([source(), elsewhere, chart], 500);

  assert.deepEqual(
    facts.map(({ status }) => status),
    ['rejected', 'unjudged', 'unjudged'],
  );
  assert.equal(asked.length, 1);
});
