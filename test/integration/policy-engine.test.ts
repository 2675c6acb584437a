import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { systemClock } from '../../src/base/clock.ts';
import {
  createPolicyEngine,
  type EngineOptions,
  type RunningPolicyEngine,
} from '../../src/policy/engine.ts';
import type { PolicyBundle } from '../../src/policy/load-bundle.ts';
import type { PolicyOutcome } from '../../src/policy/outcome.ts';
import { compileFolder, fixturePolicies } from '../support/policy-bundles.ts';
import { recordTelemetry, type RecordingTelemetry } from '../support/recording-telemetry.ts';
import { waitUntil } from '../support/wait-until.ts';

const FACTS = {
  actor: { class: 'other' },
  object: { managed: true, app: 'checkout' },
  cluster: { name: 'test', frozen: false },
};

interface Asked {
  readonly policies?: readonly string[];
  readonly operation?: string;
  readonly deadlineMs?: number;
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

let bundle: PolicyBundle;
let telemetry: RecordingTelemetry;
let engine: RunningPolicyEngine;

async function start(options: EngineOptions = {}): Promise<RunningPolicyEngine> {
  telemetry = recordTelemetry();
  return createPolicyEngine(bundle, { workers: 2, ...options }, telemetry);
}

function ask(name: string, asked: Asked = {}): Promise<readonly PolicyOutcome[]> {
  const { policies, operation = 'DELETE', deadlineMs = 10_000, parameters = {} } = asked;
  return engine.evaluate({
    policies: engine.descriptors.filter(
      (descriptor) => policies === undefined || policies.includes(descriptor.name),
    ),
    requestJson: Buffer.from(JSON.stringify({ name, namespace: 'shop', operation })),
    facts: FACTS,
    parameters,
    deadlineAtMs: systemClock.nowMs() + deadlineMs,
  });
}

/** Status, and code where there is one, by policy. */
function summarize(outcomes: readonly PolicyOutcome[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    outcomes.map((outcome) => [
      outcome.policy,
      outcome.status === 'evaluated' ? 'evaluated' : outcome.code,
    ]),
  );
}

const ALL_EVALUATED = {
  counting: 'evaluated',
  failing: 'evaluated',
  hungry: 'evaluated',
  malformed: 'evaluated',
  patching: 'evaluated',
  refuse_other: 'evaluated',
  runaway: 'evaluated',
};

before(async () => {
  bundle = await compileFolder(fixturePolicies('judging'));
});

describe('createPolicyEngine()', () => {
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());

  it('tells the revision and the descriptors of its bundle', () => {
    assert.equal(engine.revision, bundle.manifest.revision);
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
        'Built-in "time.parse_rfc3339_ns" failed: cannot read "yesterday" as an RFC 3339 time',
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

describe('a policy that never ends', () => {
  before(async () => {
    engine = await start({ quarantineAfterKills: 2, quarantineMs: 60_000, deadlineMs: 150 });
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
    const startedAtMs = systemClock.nowMs();
    const endless = ask('endless', { policies: ['runaway'] });
    const others = Array.from({ length: 50 }, (_, index) => ask(`web-${index}`));

    const outcomes = await Promise.all(others);
    const othersMs = systemClock.nowMs() - startedAtMs;

    for (const outcome of outcomes) assert.deepEqual(summarize(outcome), ALL_EVALUATED);
    assert.deepEqual(summarize(await endless), { runaway: 'policy_deadline_exceeded' });
    assert.ok(othersMs < systemClock.nowMs() - startedAtMs, 'the others waited for the runaway');
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
    engine = await start({ quarantineAfterKills: 1, quarantineMs: 50 });
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
    engine = await start({ quarantineAfterKills: 3 });
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
    engine = await start({ memoryPagesMax: 128 });
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
      deadlineAtMs: systemClock.nowMs() + 10_000,
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

describe('an input that is no JSON', () => {
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());

  it('makes the policies unavailable', async () => {
    const outcomes = await engine.evaluate({
      policies: engine.descriptors.slice(0, 2),
      requestJson: Buffer.from('{"name":'),
      facts: FACTS,
      parameters: {},
      deadlineAtMs: systemClock.nowMs() + 10_000,
    });

    for (const outcome of outcomes) assert.equal(outcome.status, 'unavailable');
    assert.deepEqual(summarize(await ask('web')), ALL_EVALUATED);
  });
});

describe('a full queue', () => {
  before(async () => {
    engine = await start({ workers: 1, queueLengthMax: 4 });
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
    engine = await start();
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

describe('close()', () => {
  it('finishes what is at hand, and answers later requests with unavailable', async () => {
    engine = await start();
    const last = ask('web');

    await engine.close();

    assert.deepEqual(summarize(await last), ALL_EVALUATED);
    assert.deepEqual(summarize(await ask('web', { policies: ['counting'] })), {
      counting: 'policy_worker_died',
    });
  });
});
