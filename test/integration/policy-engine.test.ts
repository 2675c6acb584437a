import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { addMs, systemClock } from '../../src/base/clock.ts';
import type { RunningPolicyEngine } from '../../src/policy/engine.ts';
import type { PolicyOutcome } from '../../src/policy/outcome.ts';
import {
  ALL_EVALUATED,
  CAUSE,
  FACTS,
  startJudging,
  summarize,
  type JudgingEngine,
} from '../support/judging-engine.ts';
import { compileFolder, fixturePolicies } from '../support/policy-bundles.ts';

let engine: RunningPolicyEngine;
let ask: JudgingEngine['ask'];

describe('createPolicyEngine()', () => {
  before(async () => {
    ({ engine, ask } = await startJudging());
  });
  after(() => engine.close());

  it('tells the revision and the descriptors of its bundle', () => {
    assert.match(engine.revision, /^[0-9a-f]{64}$/);
    assert.deepEqual(
      engine.descriptors.map(({ name }) => name),
      Object.keys(ALL_EVALUATED),
    );
  });

  it('judges all policies in one call, each with its findings', async () => {
    const outcomes = await ask('Web', {
      policies: ['refuse_other', 'patching'],
      operation: 'UPDATE',
    });

    assert.deepEqual(outcomes, [
      { status: 'evaluated', policy: 'patching', deny: [], warn: [], audit: [], patch: [] },
      {
        status: 'evaluated',
        policy: 'refuse_other',
        deny: [
          {
            code: 'managed_object_changed',
            message: 'Hello: shop/Web is managed by checkout',
            path: 'spec',
            remedy: 'Change it in Git',
            details: { names: ['Web', 'b'] },
          },
        ],
        warn: [{ code: 'odd_name', message: 'The name has a capital letter' }],
        audit: [{ code: 'seen', message: 'Seen' }],
        patch: [],
      },
    ]);
  });

  it('gives patch operations', async () => {
    const [outcome] = await ask('web', { policies: ['patching'], operation: 'CREATE' });

    assert.deepEqual(outcome, {
      status: 'evaluated',
      policy: 'patching',
      deny: [],
      warn: [],
      audit: [],
      patch: [{ op: 'add', path: '/metadata/labels/seen', value: 'yes' }],
    });
  });

  it('gives each policy its own parameters: the configured ones, else its defaults', async () => {
    const byDefault = await ask('web', { policies: ['counting', 'refuse_other'] });
    const configured = await ask('web', {
      policies: ['counting', 'refuse_other'],
      parameters: { counting: { b: ['c'] }, refuse_other: { greeting: 'Stop' } },
    });

    assert.deepEqual(
      [byDefault, configured].map((outcomes) =>
        outcomes.flatMap((outcome) =>
          outcome.status === 'evaluated'
            ? [...outcome.audit, ...outcome.deny].map(({ message }) => message)
            : [outcome.code],
        ),
      ),
      [
        ['{"a": 1} at true', 'Hello: shop/web is managed by checkout'],
        ['{"b": ["c"]} at true', 'Stop: shop/web is managed by checkout'],
      ],
    );
  });

  it('answers in the order in which it was asked, with many requests at once', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `web-${index}`);

    const answers = await Promise.all(
      names.map((name) => ask(name, { policies: ['refuse_other', 'counting'] })),
    );

    assert.deepEqual(
      answers
        .map((outcomes) =>
          outcomes.flatMap((outcome) => (outcome.status === 'evaluated' ? outcome.deny : [])),
        )
        .map(([finding]) => finding?.message),
      names.map((name) => `Hello: shop/${name} is managed by checkout`),
    );
  });

  it('has no outcome where no policy is asked', async () => {
    assert.deepEqual(await ask('web', { policies: [] }), []);
  });

  it('makes a policy unavailable that gives a finding without a code, and no other', async () => {
    assert.deepEqual(summarize(await ask('nameless')), {
      ...ALL_EVALUATED,
      malformed: 'policy_result_invalid',
    });
  });

  it('makes a policy unavailable that contradicts itself, and no other', async () => {
    const outcomes = await ask('conflict');

    assert.deepEqual(summarize(outcomes), {
      ...ALL_EVALUATED,
      failing: 'policy_evaluation_failed',
    });
    assert.deepEqual(outcomes[1], {
      status: 'unavailable',
      policy: 'failing',
      code: 'policy_evaluation_failed',
      reason: 'The policy aborted: failing/failing.rego:15:1: var assignment conflict',
    });
  });

  it('makes a policy unavailable whose built-in fails: its rule is not just undefined', async () => {
    const outcomes = await ask('when');

    assert.deepEqual(summarize(outcomes), {
      ...ALL_EVALUATED,
      failing: 'policy_evaluation_failed',
    });
    assert.deepEqual(outcomes[1], {
      status: 'unavailable',
      policy: 'failing',
      code: 'policy_evaluation_failed',
      reason:
        'Built-in "time.parse_rfc3339_ns" failed: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    });
  });

  it('answers at once where the request has no time left', async () => {
    const outcomes = await ask('web', { policies: ['counting'], deadlineMs: -1 });

    assert.deepEqual(outcomes, [
      {
        status: 'unavailable',
        policy: 'counting',
        code: 'request_deadline_exceeded',
        reason: 'no time is left for this request',
      },
    ]);
  });
});

describe('an input that is no JSON', () => {
  before(async () => {
    ({ engine, ask } = await startJudging());
  });
  after(() => engine.close());

  it('makes the policies unavailable', async () => {
    const outcomes = await engine.evaluate({
      policies: engine.descriptors.slice(0, 2),
      requestJson: Buffer.from('{"name":'),
      cause: CAUSE,
      facts: FACTS,
      parameters: {},
      deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000),
    });

    for (const outcome of outcomes) assert.equal(outcome.status, 'unavailable');
    assert.deepEqual(summarize(await ask('web')), ALL_EVALUATED);
  });
});

describe('a full queue', () => {
  before(async () => {
    ({ engine, ask } = await startJudging({ workers: 1, queueLengthMax: 4 }));
  });
  after(() => engine.close());

  it('is answered for at once', async () => {
    const asked = Array.from({ length: 40 }, (_, index) =>
      ask(`web-${index}`, { policies: ['counting'] }),
    );

    const codes = (await Promise.all(asked)).map((outcomes) => summarize(outcomes)['counting']);

    assert.ok(codes.includes('evaluated'));
    assert.ok(codes.includes('policy_queue_full'));
    assert.deepEqual(new Set(codes), new Set(['evaluated', 'policy_queue_full']));
  });
});

describe('replaceBundle()', () => {
  before(async () => {
    ({ engine, ask } = await startJudging());
  });
  after(() => engine.close());

  it('changes the policies without dropping a request', async () => {
    const successor = await compileFolder(fixturePolicies('successor'));
    const asked: Promise<readonly PolicyOutcome[]>[] = [];
    const keepAsking = setInterval(() => asked.push(ask('web')), 1);

    await engine.replaceBundle(successor);
    clearInterval(keepAsking);

    assert.equal(engine.revision, successor.manifest.revision);
    assert.deepEqual(summarize(await ask('web')), { successor: 'evaluated' });
    assert.ok(asked.length > 0);
    for (const outcomes of await Promise.all(asked)) {
      for (const outcome of outcomes) assert.equal(outcome.status, 'evaluated');
    }
  });
});

describe('the time of each policy', () => {
  it('is known of one evaluation in 256, which is made policy by policy, and of a policy that is alone', async (t) => {
    const stage = await startJudging();
    t.after(() => stage.engine.close());
    const counts = async (): Promise<readonly string[]> =>
      (await stage.telemetry.exposed('holdfast_policy_duration_seconds_count')).toSorted();
    for (let asked = 1; asked < 256; asked += 1) {
      await stage.ask('Web', { policies: ['patching', 'refuse_other'] });
    }
    assert.deepEqual(await counts(), []);

    const measured = await stage.ask('Web', { policies: ['patching', 'refuse_other'] });
    await stage.ask('web', { policies: ['counting'] });

    // Whether it was measured makes no difference to what is found.
    const again = await stage.ask('Web', { policies: ['patching', 'refuse_other'] });
    assert.deepEqual(measured, again);
    assert.deepEqual(
      await counts(),
      ['counting', 'patching', 'refuse_other'].map(
        (policy) => `holdfast_policy_duration_seconds_count{policy="${policy}"} 1`,
      ),
    );
  });
});

describe('close()', () => {
  it('finishes what is at hand, and answers later requests with unavailable', async () => {
    ({ engine, ask } = await startJudging());
    const last = ask('web');

    await engine.close();

    assert.deepEqual(summarize(await last), ALL_EVALUATED);
    assert.deepEqual(summarize(await ask('web', { policies: ['counting'] })), {
      counting: 'policy_worker_died',
    });
  });
});
