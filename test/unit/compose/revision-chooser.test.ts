import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMs } from '../../../src/base/clock.ts';
import type {
  CommitThreadAnswer,
  CommitThreadQuestion,
} from '../../../src/compose/commit-messages.ts';
import {
  RevisionChooser,
  type ChosenRevision,
  type CommitSource,
  type NamedApplication,
} from '../../../src/compose/revision-chooser.ts';
import type { OwnedSource } from '../../../src/compose/describe-application.ts';
import type { NoVerdict } from '../../../src/verdict/verdict-cache.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const THREE = '3'.repeat(40);
const NO_ANSWER: NoVerdict = { status: 'unavailable', reason: 'No answer', retryAfterMs: 1 };

function source(more: Partial<CommitSource['source']> = {}): CommitSource {
  return {
    access: { tool: 'argocd', project: 'default' },
    source: {
      kind: 'commit',
      repository: 'https://git.example.com/shop',
      tracked: 'main',
      path: 'prod',
      role: 'source',
      hints: [{ claimedObjectId: ONE, claimedBy: 'comparison' }],
      ...more,
    },
  };
}

function stage(answers: (CommitThreadAnswer | Promise<CommitThreadAnswer>)[]) {
  const time = new SimulatedTime();
  const asked: CommitThreadQuestion[] = [];
  const chooser = new RevisionChooser({
    clock: time.clock,
    wait: time.wait,
    supervisor: {
      ask: async (question) => {
        asked.push(question);
        return await (answers.shift() ?? { kind: 'unanswered', answer: NO_ANSWER });
      },
    },
  });
  const choose = (owned: CommitSource, operationId?: string): Promise<ChosenRevision> =>
    chooser.choose(
      owned,
      {
        id: 'argocd/shop',
        sources: [owned],
        ...(operationId !== undefined && { operationId }),
      },
      addMs(time.clock.monotonicMs(), 1000),
    );
  return { time, asked, chooser, choose };
}

const tipAt = (objectId: string): CommitThreadAnswer => ({
  kind: 'tip',
  answer: { status: 'found', objectId },
});

test('the most current claim is the commit, and nobody is asked', async () => {
  const { choose, asked } = stage([]);

  assert.equal(await choose(source()), ONE);
  assert.equal(await choose(source({ hints: [] })), undefined);
  assert.deepEqual(asked, []);
});

test('the tip is asked for once in an operation, again in the next, and each time where none is known', async () => {
  const { choose, asked } = stage([tipAt(TWO), tipAt(ONE), tipAt(TWO), tipAt(ONE)]);
  const applying = source({ tipOf: 'release' });

  const chosen = [
    await choose(applying, 'first'),
    await choose(applying, 'first'),
    await choose(applying, 'second'),
    await choose(applying),
    await choose(applying),
  ];

  assert.deepEqual(chosen, [TWO, TWO, ONE, TWO, ONE]);
  assert.deepEqual(asked[0], {
    kind: 'tip',
    question: {
      repository: 'https://git.example.com/shop',
      tracked: 'release',
      access: { tool: 'argocd', project: 'default' },
    },
  });
  assert.equal(asked.length, 4);
});

test('of several tips, or none, the claim is the best that is known', async () => {
  const { choose } = stage([
    { kind: 'tip', answer: { status: 'several' } },
    { kind: 'tip', answer: { status: 'absent' } },
  ]);
  const applying = source({ tipOf: '1.x' });

  assert.equal(await choose(applying, 'first'), ONE);
  assert.equal(await choose(applying, 'second'), ONE);
});

test('that nobody can tell is the answer, and is not remembered', async () => {
  const { choose } = stage([
    { kind: 'tip', answer: NO_ANSWER },
    { kind: 'unanswered', answer: NO_ANSWER },
    tipAt(TWO),
  ]);
  const applying = source({ tipOf: 'main' });

  assert.deepEqual(
    [await choose(applying, 'a'), await choose(applying, 'a'), await choose(applying, 'a')],
    [NO_ANSWER, NO_ANSWER, TWO],
  );
});

test('the wait has an end', async () => {
  const { choose, time } = stage([new Promise(() => undefined)]);
  const choosing = choose(source({ tipOf: 'main' }), 'a');

  await time.pass(1000);

  assert.deepEqual(await choosing, {
    status: 'unavailable',
    reason: 'The Git server has not said yet which commit it is',
    retryAfterMs: 0,
  });
});

function pairOf(hydrated: Partial<CommitSource['source']>, dry: Partial<CommitSource['source']>) {
  return [
    source({ role: 'hydrated', ...hydrated }),
    source({ role: 'dry', hints: [], ...dry }),
  ] as const;
}

function applicationOf(sources: readonly OwnedSource[], operationId?: string): NamedApplication {
  const operation = operationId === undefined ? {} : { operationId };
  return { id: 'argocd/shop', sources, ...operation };
}

const DRY = { claimedObjectId: THREE, claimedBy: 'hydrator' } as const;

test('the note of the hydrator names the dry commit where the status does not', async () => {
  const [hydrated, dry] = pairOf({}, {});
  const { chooser, time, asked } = stage([
    { kind: 'dry', answer: DRY },
    { kind: 'dry', answer: undefined },
  ]);
  const pair = (sources: readonly OwnedSource[]): Promise<readonly OwnedSource[]> =>
    chooser.pairHydrated(applicationOf(sources), addMs(time.clock.monotonicMs(), 1000));

  assert.deepEqual(await pair([hydrated, dry]), [hydrated, source({ role: 'dry', hints: [DRY] })]);
  assert.deepEqual(await pair([hydrated, dry]), [hydrated, dry]);
  assert.deepEqual(await pair([source()]), [source()]);
  assert.equal(asked.length, 2);
});

test('the dry commit is that of the commit that is applied now, and not of the one before', async () => {
  const hydrations = [
    { hydratedObjectId: ONE, dry: { ...DRY, claimedObjectId: ONE } },
    { hydratedObjectId: TWO, dry: DRY },
  ];
  const before = { ...DRY, claimedObjectId: ONE };
  const [hydrated, dry] = pairOf({ tipOf: 'env/prod' }, { hints: [before], hydrations });
  const { chooser, time, asked } = stage([tipAt(TWO)]);
  const application = applicationOf([hydrated, dry], 'first');
  const endAtMs = addMs(time.clock.monotonicMs(), 1000);

  const paired = await chooser.pairHydrated(application, endAtMs);

  const tip = { claimedObjectId: TWO, claimedBy: 'running-operation' } as const;
  const [pinned] = paired;
  assert.deepEqual(paired, [
    source({ role: 'hydrated', hints: [tip] }),
    source({ role: 'dry', hints: [DRY], hydrations }),
  ]);
  assert.ok(pinned?.source.kind === 'commit');
  assert.equal(
    await chooser.choose({ ...pinned, source: pinned.source }, application, endAtMs),
    TWO,
  );
  assert.deepEqual(
    asked.map(({ kind }) => kind),
    ['tip'],
  );
});

test('where nobody can tell which commit is applied, none is the dry one', async () => {
  const before = { ...DRY, claimedObjectId: ONE };
  const hydrations = [{ hydratedObjectId: ONE, dry: before }];
  const [hydrated, dry] = pairOf({ tipOf: 'env/prod' }, { hints: [before], hydrations });
  const { chooser, time } = stage([{ kind: 'tip', answer: NO_ANSWER }]);

  const paired = await chooser.pairHydrated(
    applicationOf([hydrated, dry], 'first'),
    addMs(time.clock.monotonicMs(), 1000),
  );

  assert.deepEqual(paired, [hydrated, source({ role: 'dry', hints: [], hydrations })]);
});
