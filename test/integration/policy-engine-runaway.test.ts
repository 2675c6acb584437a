import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { addMs, systemClock } from '../../src/base/clock.ts';
import type { RunningPolicyEngine } from '../../src/policy/engine.ts';
import {
  ALL_EVALUATED,
  FACTS,
  startJudging,
  summarize,
  type JudgingEngine,
} from '../support/judging-engine.ts';
import type { RecordingTelemetry } from '../support/recording-telemetry.ts';
import { waitUntil } from '../support/wait-until.ts';

let engine: RunningPolicyEngine;
let ask: JudgingEngine['ask'];
let telemetry: RecordingTelemetry;

describe('a policy that never ends', () => {
  before(async () => {
    ({ engine, ask, telemetry } = await startJudging({
      quarantineAfterKills: 2,
      quarantineMs: 60_000,
      deadlineMs: 150,
    }));
  });
  after(() => engine.close());

  it('is ended at its deadline and is alone unavailable; the others judge', async () => {
    const outcomes = await ask('endless');

    assert.deepEqual(summarize(outcomes), {
      ...ALL_EVALUATED,
      runaway: 'policy_deadline_exceeded',
    });
    assert.deepEqual(outcomes[6], {
      status: 'unavailable',
      policy: 'runaway',
      code: 'policy_deadline_exceeded',
      reason: 'not finished after 150 ms',
    });
  });

  it('does not keep other requests waiting', async () => {
    let ended = false;
    // Much longer than the others take together, on a busy machine too.
    const endless = ask('endless', { policies: ['runaway'], policyDeadlineMs: 8000 });
    void endless.then(() => {
      ended = true;
    });

    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ask(`web-${index}`)),
    );

    assert.equal(ended, false);
    for (const outcome of outcomes) assert.deepEqual(summarize(outcome), ALL_EVALUATED);
    assert.deepEqual(summarize(await endless), { runaway: 'policy_deadline_exceeded' });
  });

  it('is quarantined after repeated kills: answered for at once, without a worker', async () => {
    const killsBefore = await telemetry.exposed('holdfast_engine_kills_total');

    const outcomes = await ask('endless');

    assert.deepEqual(summarize(outcomes), { ...ALL_EVALUATED, runaway: 'policy_quarantined' });
    assert.deepEqual(await telemetry.exposed('holdfast_engine_kills_total'), killsBefore);
    assert.deepEqual(await telemetry.exposed('holdfast_engine_quarantined'), [
      'holdfast_engine_quarantined 1',
    ]);
    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level === 'error'),
      [
        {
          level: 'error',
          message: 'Policy quarantined because it was ended too often',
          fields: { policy: 'runaway' },
        },
      ],
    );
  });
});

describe('quarantine', () => {
  before(async () => {
    ({ engine, ask, telemetry } = await startJudging({
      quarantineAfterKills: 1,
      quarantineMs: 50,
    }));
  });
  after(() => engine.close());

  it('ends after a while, and a policy that then finishes is free again', async () => {
    await ask('endless', { policies: ['runaway'] });
    const during = summarize(await ask('web', { policies: ['runaway'] }));
    await waitUntil(async () => {
      const [gauge] = await telemetry.exposed('holdfast_engine_quarantined');
      return gauge === 'holdfast_engine_quarantined 0';
    });

    assert.deepEqual(during, { runaway: 'policy_quarantined' });
    assert.deepEqual(summarize(await ask('web', { policies: ['runaway'] })), {
      runaway: 'evaluated',
    });
  });
});

describe('many requests that never end', () => {
  before(async () => {
    ({ engine, ask, telemetry } = await startJudging({ quarantineAfterKills: 3 }));
  });
  after(() => engine.close());

  it('cost some deadlines, and then the policy is quarantined', async () => {
    const storm = Array.from({ length: 20 }, () => ask('endless', { policies: ['runaway'] }));

    const codes = (await Promise.all(storm)).map((outcomes) => summarize(outcomes)['runaway']);

    const killed = codes.filter((code) => code === 'policy_deadline_exceeded');
    const quarantined = codes.filter((code) => code === 'policy_quarantined');
    assert.equal(killed.length + quarantined.length, 20);
    assert.ok(killed.length <= 6, `${killed.length} of 20 ran to their deadline`);
  });
});

describe('a policy that eats memory', () => {
  before(async () => {
    ({ engine, ask, telemetry } = await startJudging({ memoryPagesMax: 128 }));
  });
  after(() => engine.close());

  it('is alone unavailable, and the worker goes on', async () => {
    const outcomes = await ask('huge');

    assert.deepEqual(summarize(outcomes), { ...ALL_EVALUATED, hungry: 'policy_memory_exceeded' });
    assert.deepEqual(summarize(await ask('web')), ALL_EVALUATED);
  });

  it('cannot be made of an input that does not fit either', async () => {
    const outcomes = await engine.evaluate({
      policies: engine.descriptors.slice(0, 1),
      requestJson: Buffer.from(JSON.stringify({ name: 'x'.repeat(9 * 1024 * 1024) })),
      facts: FACTS,
      parameters: {},
      deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000),
    });

    assert.deepEqual(outcomes, [
      {
        status: 'unavailable',
        policy: 'counting',
        code: 'policy_memory_exceeded',
        reason: 'The input does not fit into memory',
      },
    ]);
  });
});

describe('large inputs', () => {
  it('cannot get a policy quarantined, so that its failure mode would meet everybody', async (test) => {
    const judging = await startJudging({ quarantineAfterKills: 1 });
    test.after(() => judging.engine.close());
    const large = { policies: ['runaway'], paddingBytes: 300 * 1024, policyDeadlineMs: 100 };

    assert.deepEqual(summarize(await judging.ask('endless', large)), {
      runaway: 'policy_deadline_exceeded',
    });
    assert.deepEqual(summarize(await judging.ask('endless', large)), {
      runaway: 'policy_deadline_exceeded',
    });
    assert.deepEqual(summarize(await judging.ask('web', { policies: ['runaway'] })), {
      runaway: 'evaluated',
    });
  });

  it('are given more time, by their size', async (test) => {
    const judging = await startJudging();
    test.after(() => judging.engine.close());
    const large = { policies: ['runaway'], paddingBytes: 2 * 1024 * 1024, policyDeadlineMs: 100 };

    const [outcome] = await judging.ask('endless', large);

    assert.equal(outcome?.status, 'unavailable');
    assert.match(outcome.reason, /^not finished after 22\d(?:\.\d+)? ms$/u);
  });
});
