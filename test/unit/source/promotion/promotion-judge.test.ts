import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMs, monotonicMs, type MonotonicMs } from '../../../../src/base/clock.ts';
import type { CommitFact } from '../../../../src/source/commits/commit-fact.ts';
import { DeployedCommits } from '../../../../src/source/commits/deployed-commits.ts';
import {
  PromotionJudge,
  type Lineage,
  type LineageQuestion,
} from '../../../../src/source/promotion/promotion-judge.ts';
import { promotionsSchema } from '../../../../src/source/promotion/settings.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const PRODUCTION = { kind: 'Application', namespace: 'argocd', name: 'shop-production' } as const;
const STAGING = { ...PRODUCTION, name: 'shop-staging' };
const REPOSITORY = 'https://git.example.com/shop';
const PLACE = { name: 'staging-first', from: 'Application argocd/shop-staging' };
const PERSON = { name: 'Alice', email: 'alice@example.com' };

function verified(objectId: string, repository = REPOSITORY): CommitFact {
  const content = {
    objectId,
    author: PERSON,
    committer: PERSON,
    committedAt: '2026-01-05T08:00:00.000Z',
    parents: [],
    signOffs: [],
  };
  return { status: 'verified', repository, path: '', rule: 'all', content, signers: [] };
}

interface Options {
  readonly promotions?: readonly Readonly<Record<string, unknown>>[];
  readonly lineage?: () => Promise<Lineage>;
}

function open({ promotions = [{}], lineage = async () => ({ status: 'absent' }) }: Options = {}) {
  const asked: LineageQuestion<string>[] = [];
  const deployed = new DeployedCommits<string>();
  let nowMs = 0;
  const judge = new PromotionJudge<string>({
    promotions: promotionsSchema.parse(
      promotions.map((each) => ({
        name: 'staging-first',
        to: 'argocd/*-production',
        from: 'argocd/*-staging',
        ...each,
      })),
    ),
    deployed,
    matchesRepository: (repository, pattern) => pattern === '**' || repository === pattern,
    findDescendant: async (question) => {
      asked.push(question);
      return await lineage();
    },
    clock: clockOf(() => nowMs),
    wait: async (delayMs) => {
      if (delayMs > 0) await new Promise(() => undefined);
    },
  });
  const inTime = (): MonotonicMs => addMs(monotonicMs(nowMs), 1000);
  return {
    deployed,
    asked,
    pass: (durationMs: number) => {
      nowMs += durationMs;
    },
    deploy: (...objectIds: readonly string[]) => {
      for (const objectId of objectIds) {
        deployed.note(STAGING, [{ repository: REPOSITORY, objectId, question: 'staging' }]);
      }
    },
    judge: async (...commits: readonly CommitFact[]) => {
      const sources = commits.map((commit) => ({ commit, question: 'production' }));
      const judged = await judge.judge(PRODUCTION, sources, inTime());
      return judged.map(({ promotions: found }) => found);
    },
    raw: judge,
    inTime,
  };
}

test('an application that no promotion names gets its commits back as they are', async () => {
  const { raw, inTime } = open();
  const commit = verified('1');
  for (const application of [STAGING, { ...PRODUCTION, kind: 'Kustomization' as const }]) {
    assert.deepEqual(await raw.judge(application, [{ commit, question: 'q' }], inTime()), [commit]);
  }
});

test('the very commit that was verified before is promoted, without a look at the history', async () => {
  const { judge, deploy, asked } = open();
  deploy('1', '2');
  assert.deepEqual(await judge(verified('1')), [[{ ...PLACE, status: 'promoted', objectId: '1' }]]);
  assert.deepEqual(asked, []);
});

test('what another application, another repository or nobody has verified is missing', async () => {
  const { judge, deployed } = open();
  const missing = [[{ ...PLACE, status: 'missing' }]];
  assert.deepEqual(await judge(verified('1')), missing);
  deployed.note(PRODUCTION, [{ repository: REPOSITORY, objectId: '1', question: 'q' }]);
  deployed.note({ ...STAGING, kind: 'Kustomization' }, [
    { repository: REPOSITORY, objectId: '1', question: 'q' },
  ]);
  deployed.note(STAGING, [{ repository: 'other', objectId: '1', question: 'q' }]);
  assert.deepEqual(await judge(verified('1')), missing);
});

test('a commit is promoted by one that contains it, which is looked up once for all writes', async () => {
  const { judge, deploy, asked, pass } = open({
    lineage: async () => ({ status: 'found', objectId: '3' }),
  });
  deploy('2', '3');
  const promoted = [[{ ...PLACE, status: 'promoted', objectId: '3' }]];
  const answers = await Promise.all([judge(verified('1')), judge(verified('1'))]);
  pass(3_600_000);
  answers.push(await judge(verified('1')));
  assert.deepEqual(answers, [promoted, promoted, promoted]);
  assert.deepEqual(asked, [{ question: 'production', objectId: '1', descendants: ['3', '2'] }]);
});

for (const [lineage, expected] of [
  [{ status: 'absent' }, { ...PLACE, status: 'missing' }],
  [
    { status: 'unavailable', reason: 'Away' },
    { ...PLACE, status: 'unavailable', reason: 'Away' },
  ],
] as const) {
  test(`that a history is ${lineage.status} is asked again after a while, or after a deployment`, async () => {
    const { judge, deploy, asked, pass } = open({ lineage: async () => lineage });
    deploy('2');
    assert.deepEqual(await judge(verified('1')), [[expected]]);
    await judge(verified('1'));
    assert.equal(asked.length, 1);
    deploy('3');
    await judge(verified('1'));
    assert.equal(asked.length, 2);
    pass(10_000);
    await judge(verified('1'));
    assert.equal(asked.length, 3);
  });
}

test('what is not answered in time is unavailable, and goes on', async () => {
  const { promise, resolve } = Promise.withResolvers<Lineage>();
  const { raw, judge, deploy, asked } = open({ lineage: () => promise });
  deploy('2');
  const commit = verified('1');
  const [late] = await raw.judge(PRODUCTION, [{ commit, question: 'q' }], monotonicMs(0));
  assert.deepEqual(
    late?.promotions?.map(({ status }) => status),
    ['unavailable'],
  );
  resolve({ status: 'found', objectId: '2' });
  assert.deepEqual(await judge(commit), [[{ ...PLACE, status: 'promoted', objectId: '2' }]]);
  assert.equal(asked.length, 1);
});

test('a source without a verified commit is unverified, and one that nobody can tell of unavailable', async () => {
  const place = { repository: REPOSITORY, path: '' };
  const { judge, raw, inTime, deploy } = open();
  deploy('1');
  const rejected = {
    ...place,
    status: 'rejected',
    code: 'unsigned',
    reason: '',
    objectId: '1',
  } as const;
  const unjudged = { ...place, status: 'unjudged', reason: 'A chart' } as const;
  const away = { ...place, status: 'unavailable', reason: 'Away', mode: 'allow' } as const;
  assert.deepEqual(await judge(rejected, unjudged, away), [
    [{ ...PLACE, status: 'unverified' }],
    [{ ...PLACE, status: 'unverified' }],
    [{ ...PLACE, status: 'unavailable', reason: 'Away' }],
  ]);
  const [without] = await raw.judge(PRODUCTION, [{ commit: verified('1') }], inTime());
  assert.deepEqual(without?.promotions, [{ ...PLACE, status: 'unverified' }]);
});

test('promotions for other repositories leave a source alone, except one whose repository is not known', async () => {
  const { judge } = open({ promotions: [{ repositories: ['elsewhere'] }] });
  const nowhere = { repository: '', path: '', status: 'unjudged', reason: 'Malformed' } as const;
  assert.deepEqual(await judge(verified('1'), nowhere), [
    undefined,
    [{ ...PLACE, status: 'unverified' }],
  ]);
});

test('each promotion that names the application is judged', async () => {
  const { judge, deploy } = open({
    promotions: [{}, { name: 'qa-first', from: 'qa/shop-qa', to: 'argocd/shop-production' }],
  });
  deploy('1');
  assert.deepEqual(await judge(verified('1')), [
    [
      { ...PLACE, status: 'promoted', objectId: '1' },
      { name: 'qa-first', from: 'Application qa/shop-qa', status: 'missing' },
    ],
  ]);
});
