/** Evaluation on the admission thread: when it happens, and that nothing goes wrong where it cannot. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { addMs, systemClock } from '../../src/base/clock.ts';
import { createPolicyEngine } from '../../src/policy/engine.ts';
import { engineSchema, type EngineSettings } from '../../src/policy/settings.ts';
import {
  ALL_EVALUATED,
  CAUSE,
  FACTS,
  startJudging,
  summarize,
  type JudgingEngine,
} from '../support/judging-engine.ts';
import { compileFolder, fixturePolicies } from '../support/policy-bundles.ts';
import { recordTelemetry, type RecordingTelemetry } from '../support/recording-telemetry.ts';
import { waitUntil } from '../support/wait-until.ts';

type Counts = Readonly<Record<string, number>>;

/** The values of a counter by its one label. */
async function countBy(telemetry: RecordingTelemetry, name: string): Promise<Counts> {
  const lines = await telemetry.exposed(name);
  return Object.fromEntries(
    lines.map((line) => [/"(\w+)"/u.exec(line)?.[1] ?? '', Number(line.split(' ').at(-1))]),
  );
}

const placesOf = (telemetry: RecordingTelemetry): Promise<Counts> =>
  countBy(telemetry, 'holdfast_engine_evaluations_total');
const fallbacksOf = (telemetry: RecordingTelemetry): Promise<Counts> =>
  countBy(telemetry, 'holdfast_engine_inline_fallbacks_total');

interface InlineJudging extends JudgingEngine {
  /** Where the evaluations of some work ended. */
  readonly during: (work: () => Promise<unknown>) => Promise<Counts>;
}

/** An engine whose module is metered. */
async function startInline(
  test: TestContext,
  options: Partial<EngineSettings> = {},
): Promise<InlineJudging> {
  const judging = await startJudging(options);
  test.after(() => judging.engine.close());
  const { telemetry, ask } = judging;
  await waitUntil(async () => {
    await ask('web');
    return ((await placesOf(telemetry))['inline'] ?? 0) > 0;
  });
  // The last one belongs to the turn that ends here.
  await nextTurn();
  const during = async (work: () => Promise<unknown>): Promise<Counts> => {
    const before = await placesOf(telemetry);
    await nextTurn();
    await work();
    const after = Object.entries(await placesOf(telemetry));
    const changes = after.map(([place, count]) => [place, count - (before[place] ?? 0)] as const);
    return Object.fromEntries(changes.filter(([, count]) => count > 0));
  };
  return { ...judging, during };
}

describe('an evaluation that is alone', () => {
  it('is done by a worker until the module is metered, and on this thread afterwards, alike', async (test) => {
    const judging = await startJudging();
    test.after(() => judging.engine.close());
    const asked = { policies: ['refuse_other', 'patching', 'counting'], operation: 'UPDATE' };
    const first = await judging.ask('Web', asked);
    const firstPlaces = await placesOf(judging.telemetry);
    let last: unknown;
    await waitUntil(async () => {
      last = await judging.ask('Web', asked);
      return ((await placesOf(judging.telemetry))['inline'] ?? 0) > 0;
    });

    assert.deepEqual(firstPlaces, { worker: 1 });
    assert.deepEqual(last, first);
  });

  it('stays on this thread, one after the other', async (test) => {
    const { ask, during } = await startInline(test);

    const places = await during(async () => {
      for (let index = 0; index < 10; index += 1) {
        assert.deepEqual(summarize(await ask(`web-${index}`)), ALL_EVALUATED);
        await nextTurn();
      }
    });

    assert.deepEqual(places, { inline: 10 });
  });
});

describe('workers evaluate', () => {
  it('what comes together, but for the first of it', async (test) => {
    const { ask, during } = await startInline(test);

    const places = await during(() =>
      Promise.all(Array.from({ length: 20 }, (_, index) => ask(`web-${index}`))),
    );

    assert.deepEqual(places, { inline: 1, worker: 19 });
  });

  it('what is large', async (test) => {
    const { ask, during, telemetry } = await startInline(test);

    const places = await during(() => ask('web', { paddingBytes: 64 * 1024 }));

    assert.deepEqual(places, { worker: 1 });
    assert.deepEqual(await fallbacksOf(telemetry), {});
  });

  it('everything where the module cannot be metered, which is told once', async (test) => {
    const telemetry = recordTelemetry();
    const bundle = await compileFolder(fixturePolicies('judging'));
    const engine = await createPolicyEngine(
      { ...bundle, moduleBytes: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 13, 0) },
      engineSchema.parse({}),
      telemetry,
    );
    test.after(() => engine.close());
    const ask = async (): Promise<Readonly<Record<string, string>>> =>
      summarize(
        await engine.evaluate({
          policies: engine.descriptors,
          requestJson: Buffer.from('{"name":"web"}'),
          cause: CAUSE,
          facts: FACTS,
          parameters: {},
          deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000),
        }),
      );
    assert.deepEqual(await ask(), ALL_EVALUATED);
    await waitUntil(async () => (await fallbacksOf(telemetry))['module'] === 1);
    assert.deepEqual(await ask(), ALL_EVALUATED);

    assert.deepEqual(await placesOf(telemetry), { worker: 2 });
    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level === 'warn'),
      [
        {
          level: 'warn',
          message: 'Every policy is evaluated by workers: the module cannot be metered',
          fields: { reason: 'its section 13 is not known' },
        },
      ],
    );
  });
});

describe('a policy that never ends', () => {
  it('takes its fuel on this thread once, and is ended by its deadline in workers', async (test) => {
    const { ask, during, telemetry } = await startInline(test);
    const runaway = { policies: ['runaway'] };
    const outcomes: Counts | Readonly<Record<string, string>>[] = [];

    const first = await during(async () => outcomes.push(summarize(await ask('endless', runaway))));
    const second = await during(async () => outcomes.push(summarize(await ask('web', runaway))));
    const others = await during(() => ask('web', { policies: ['counting'] }));

    assert.deepEqual(outcomes, [{ runaway: 'policy_deadline_exceeded' }, { runaway: 'evaluated' }]);
    assert.deepEqual([first, second, others], [{ worker: 1 }, { worker: 1 }, { inline: 1 }]);
    assert.deepEqual(await fallbacksOf(telemetry), { fuel: 1 });
    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level === 'info'),
      [
        {
          level: 'info',
          message: 'Policies are evaluated by workers for some time',
          fields: {
            policies: ['runaway'],
            inlineBytesMax: 0,
            reason: 'The policy used up its fuel',
          },
        },
      ],
    );
  });

  it('is not evaluated here while it is in quarantine, and others are, also while it occupies a worker', async (test) => {
    const { ask, during } = await startInline(test, { quarantineAfterKills: 1, workers: 1 });
    const runaway = { policies: ['runaway'], policyDeadlineMs: 3000 };
    let endless: ReturnType<typeof ask> | undefined;
    const first = await during(async () => {
      endless = ask('endless', runaway);
      await nextTurn();
      await nextTurn();
      await ask('web', { policies: ['counting'] });
    });
    assert.ok(endless);
    const outcome = summarize(await endless);
    const places = await during(() => ask('endless', runaway));

    assert.deepEqual(first, { worker: 1, inline: 1 });
    assert.deepEqual(outcome, { runaway: 'policy_deadline_exceeded' });
    assert.deepEqual(places, {});
  });
});

describe('what fails on this thread', () => {
  it('is judged by a worker: a contradiction, and a built-in that writes too much', async (test) => {
    const { ask, telemetry } = await startInline(test);
    const failing = await ask('conflict', { policies: ['failing'] });
    await nextTurn();
    const loud = await ask('loud', { policies: ['verbose'] });
    await nextTurn();

    assert.deepEqual(summarize(failing), { failing: 'policy_evaluation_failed' });
    assert.deepEqual(summarize(loud), { verbose: 'policy_evaluation_failed' });
    assert.deepEqual(await fallbacksOf(telemetry), { failure: 1, fuel: 1 });
    assert.deepEqual(summarize(await ask('web')), ALL_EVALUATED);
  });
});

describe('close()', () => {
  it('ends the preparation; what comes later is evaluated nowhere', async () => {
    const { engine, ask, telemetry } = await startJudging();
    await ask('web');

    await engine.close();

    assert.deepEqual(summarize(await ask('web', { policies: ['counting'] })), {
      counting: 'policy_worker_died',
    });
    assert.equal((await placesOf(telemetry))['inline'], undefined);
  });
});
