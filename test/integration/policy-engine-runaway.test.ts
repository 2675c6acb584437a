import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { addMs, systemClock } from '../../src/base/clock.ts';
import type { RunningPolicyEngine } from '../../src/policy/engine.ts';
import {
  ALL_EVALUATED,
  CAUSE,
  FACTS,
  startJudging,
  summarize,
  type JudgingEngine,
} from '../support/judging-engine.ts';
import type { RecordingTelemetry } from '../support/recording-telemetry.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A busy machine needs seconds to fill the memory: only the limit of the memory may end a policy that eats it. */
const PATIENT_MS = 20_000;

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
      'holdfast_engine_quarantined{scope="cause"} 1',
      'holdfast_engine_quarantined{scope="policy"} 0',
    ]);
    assert.deepEqual(
      telemetry.entries.filter(({ level }) => level === 'error'),
      [
        {
          level: 'error',
          message: 'Policy quarantined for one cause, for which it was ended too often',
          fields: { policy: 'runaway', ...CAUSE },
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
      return gauge === 'holdfast_engine_quarantined{scope="cause"} 0';
    });

    assert.deepEqual(during, { runaway: 'policy_quarantined' });
    assert.deepEqual(summarize(await ask('web', { policies: ['runaway'] })), {
      runaway: 'evaluated',
    });
  });
});

describe('what one writer sends', () => {
  before(async () => {
    ({ engine, ask, telemetry } = await startJudging({ quarantineAfterKills: 1 }));
  });
  after(() => engine.close());

  const runaway = { policies: ['runaway'], policyDeadlineMs: 100 };
  const mallory = { ...runaway, cause: { username: 'mallory', namespace: 'playground' } };

  it('meets the failure mode at once, of whatever size, and says why', async () => {
    const first = await ask('endless', { ...mallory, paddingBytes: 300 * 1024 });
    const [second] = await ask('web', mallory);

    assert.deepEqual(summarize(first), { runaway: 'policy_deadline_exceeded' });
    assert.equal(second?.status, 'unavailable');
    assert.equal(second.code, 'policy_quarantined');
    assert.match(
      second.reason,
      /^it was ended too often for what mallory sent to deployments\.apps in namespace playground; it is evaluated again in \d+ s$/u,
    );
  });

  it('never refuses anybody else, nor a controller that follows it into its namespace', async () => {
    const others = [
      { username: 'jane', namespace: 'shop' },
      { username: 'jane', namespace: 'playground' },
      { username: 'mallory', namespace: 'shop' },
    ];
    await ask('endless', {
      ...runaway,
      cause: { username: 'controller', namespace: 'playground' },
    });
    const controller = { username: 'controller', namespace: 'shop' };
    for (const cause of [...others, controller]) {
      assert.deepEqual(summarize(await ask('web', { ...runaway, cause })), {
        runaway: 'evaluated',
      });
    }
  });

  it('refuses nobody else under many names', async () => {
    for (let index = 0; index < 5; index += 1) {
      const username = `system:serviceaccount:playground:robot-${String(index)}`;
      await ask('endless', {
        ...runaway,
        cause: { username, namespace: `playground-${String(index)}` },
      });
    }

    assert.deepEqual(summarize(await ask('web', runaway)), { runaway: 'evaluated' });
  });
});

describe('a policy that ends for nobody', () => {
  before(async () => {
    ({ engine, ask, telemetry } = await startJudging({ quarantineAfterKills: 1 }));
  });
  after(() => engine.close());

  it('is quarantined for everybody, until it finishes for somebody', async () => {
    const runaway = { policies: ['runaway'], policyDeadlineMs: 100 };
    for (const username of ['ann', 'ben', 'eve']) {
      const cause = { username, namespace: `of-${username}` };
      await ask('endless', { ...runaway, cause });
    }
    const [, gauge] = await telemetry.exposed('holdfast_engine_quarantined');
    // Both are strangers to it: the first is the trial, the second does not wait for it.
    const both = await Promise.all([
      ask('endless', { ...runaway, cause: { username: 'tom' } }),
      ask('web', { ...runaway, cause: { username: 'tim' } }),
    ]);
    const trial = await ask('web', { ...runaway, cause: { username: 'tim' } });

    assert.equal(gauge, 'holdfast_engine_quarantined{scope="policy"} 1');
    assert.deepEqual(both.map(summarize), [
      { runaway: 'policy_deadline_exceeded' },
      { runaway: 'policy_quarantined' },
    ]);
    assert.deepEqual(summarize(trial), { runaway: 'evaluated' });
    assert.deepEqual(
      (await telemetry.exposed('holdfast_engine_quarantined'))[1],
      gauge.replace('1', '0'),
    );
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
    ({ engine, ask, telemetry } = await startJudging({
      memoryPagesMax: 128,
      deadlineMs: PATIENT_MS,
    }));
  });
  after(() => engine.close());

  it('is alone unavailable, and the worker goes on', async () => {
    const outcomes = await ask('huge', {
      policyDeadlineMs: PATIENT_MS,
      deadlineMs: 2 * PATIENT_MS,
    });

    assert.deepEqual(summarize(outcomes), { ...ALL_EVALUATED, hungry: 'policy_memory_exceeded' });
    assert.deepEqual(summarize(await ask('web')), ALL_EVALUATED);
  });

  it('cannot be made of an input that does not fit either', async () => {
    const outcomes = await engine.evaluate({
      policies: engine.descriptors.slice(0, 1),
      requestJson: Buffer.from(JSON.stringify({ name: 'x'.repeat(9 * 1024 * 1024) })),
      cause: CAUSE,
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
  it('are given more time, by their size', async (test) => {
    const judging = await startJudging();
    test.after(() => judging.engine.close());
    const large = { policies: ['runaway'], paddingBytes: 2 * 1024 * 1024, policyDeadlineMs: 100 };

    const [outcome] = await judging.ask('endless', large);

    assert.equal(outcome?.status, 'unavailable');
    assert.match(outcome.reason, /^not finished after 22\d(?:\.\d+)? ms$/u);
  });
});
