import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BreakerKeeper,
  type BreakerChange,
} from '../../../../src/freeze/breaker/breaker-keeper.ts';
import type { BreakerWrite } from '../../../../src/freeze/breaker/breaker-objects.ts';
import { breakerSchema, type BreakerSettings } from '../../../../src/freeze/breaker/settings.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const MINUTE = 60_000;
const DONE: BreakerWrite = { ok: true, isEnded: false };
const breaker = breakerSchema.parse({
  name: 'errors',
  query: 'errors',
  openAbove: 0.01,
  closeBelow: 0.005,
  openSamples: 1,
  halfOpenSamples: 1,
  closeSamples: 1,
  lostSamples: 1,
});

interface Stage {
  /** One turn with this value; without one Prometheus gives none. */
  readonly turn: (value?: number) => Promise<void>;
  readonly writes: readonly string[];
  readonly changes: readonly BreakerChange[];
  readonly set: (what: {
    readonly nowMs?: number;
    readonly leads?: boolean;
    readonly answer?: BreakerWrite;
    readonly isInForce?: boolean | undefined;
  }) => void;
  readonly telemetry: ReturnType<typeof recordTelemetry>;
  readonly released: () => boolean;
  readonly keeper: BreakerKeeper;
}

function stage(rules: Partial<BreakerSettings> = {}): Stage {
  const telemetry = recordTelemetry();
  const writes: string[] = [];
  const changes: BreakerChange[] = [];
  let world = { nowMs: 0, leads: true, answer: DONE, isInForce: false as boolean | undefined };
  let value: number | undefined;
  let released = false;
  const write = (what: string): Promise<BreakerWrite> => {
    writes.push(what);
    return Promise.resolve(world.answer);
  };
  const keeper = new BreakerKeeper({
    breakers: [{ ...breaker, ...rules }],
    sampleMs: 15_000,
    election: {
      renew: () => Promise.resolve({ leads: world.leads, others: [] }),
      holds: () => world.leads,
      release: () => {
        released = true;
        return Promise.resolve();
      },
    },
    objects: {
      isInForce: () => Promise.resolve(world.isInForce),
      begin: (_breaker, _reason, expiresAtMs) => write(`begin ${String(expiresAtMs / MINUTE)}`),
      renew: (_breaker, _reason, expiresAtMs) => write(`renew ${String(expiresAtMs / MINUTE)}`),
      end: () => write('end'),
    },
    sample: () =>
      Promise.resolve(
        value === undefined ? { status: 'lost', reason: 'no answer' } : { status: 'read', value },
      ),
    onChange: (change) => void changes.push(change),
    clock: clockOf(() => world.nowMs),
    logger: telemetry.logger,
    metrics: telemetry.metrics,
  });
  return {
    keeper,
    telemetry,
    writes,
    changes,
    released: () => released,
    set: (what) => {
      world = { ...world, ...what };
    },
    turn: async (next) => {
      value = next;
      await keeper.turn();
    },
  };
}

describe('BreakerKeeper', () => {
  it('halts deployments while the rate is bad, and lets them pass when it is half open', async () => {
    const { turn, writes, changes, telemetry } = stage();

    await turn(0);
    await turn(0.02);
    await turn(0.02);
    await turn(0);
    await turn(0);

    assert.deepEqual(writes, ['begin 5', 'end']);
    assert.deepEqual(
      changes.map(({ phase, reason }) => [phase, reason]),
      [
        ['open', 'the query gives 0.02; it opens above 0.01 and closes at 0.005 or below'],
        ['half-open', 'the query gives 0; it opens above 0.01 and closes at 0.005 or below'],
        ['closed', 'the query gives 0; it opens above 0.01 and closes at 0.005 or below'],
      ],
    );
    assert.deepEqual(await telemetry.exposed('holdfast_breaker'), [
      'holdfast_breaker_state{breaker="errors"} 0',
      'holdfast_breaker_samples_total{breaker="errors",outcome="read"} 5',
    ]);
  });

  it('renews what it holds before it ends', async () => {
    const { turn, writes, set } = stage();
    await turn(1);
    set({ nowMs: 2 * MINUTE });
    await turn(1);
    set({ nowMs: 3 * MINUTE });
    await turn(1);
    assert.deepEqual(writes, ['begin 5', 'renew 8']);
  });

  it('keeps what a person has ended as it is, until the rate has been good', async () => {
    const { turn, writes, set } = stage();
    await turn(1);
    set({ nowMs: 3 * MINUTE, answer: { ok: true, isEnded: true } });
    await turn(1);
    set({ nowMs: 30 * MINUTE, answer: DONE });
    await turn(1);
    assert.deepEqual(writes, ['begin 5', 'renew 8']);
    await turn(0);
    await turn(1);
    assert.deepEqual(writes, ['begin 5', 'renew 8', 'end', 'begin 35']);
  });

  it('tries again what could not be written, and says so once', async () => {
    const { turn, writes, set, telemetry } = stage();
    set({ answer: { ok: false, reason: 'it may not' } });
    await turn(1);
    await turn(1);
    set({ answer: DONE });
    await turn(1);
    await turn(1);
    assert.deepEqual(writes, ['begin 5', 'begin 5', 'begin 5']);
    assert.deepEqual(
      telemetry.entries.map(({ fields }) => fields),
      [{ code: 'breaker_unwritten', breaker: 'errors', reason: 'it may not' }],
    );
  });

  it('begins with what stands in the cluster, and waits until it can read that', async () => {
    const { turn, writes, changes, set } = stage();
    set({ isInForce: undefined });
    await turn(1);
    assert.deepEqual([writes, changes], [[], []]);
    set({ isInForce: true });
    await turn(1);
    assert.deepEqual([writes, changes], [['renew 5'], []]);
  });

  it('does nothing while another replica leads, and begins anew when it leads', async () => {
    const { turn, writes, changes, set } = stage();
    await turn(1);
    set({ leads: false });
    await turn(0);
    assert.deepEqual([writes, changes.length], [['begin 5'], 1]);
    set({ leads: true });
    await turn(1);
    assert.deepEqual([writes, changes.length], [['begin 5', 'begin 5'], 2]);
  });

  it('tells why there is no number', async () => {
    const stopped = stage({ onLost: 'open' });
    await stopped.turn();
    assert.deepEqual(
      stopped.changes.map(({ phase, reason }) => [phase, reason]),
      [['open', 'Prometheus gives no number: no answer']],
    );
    const kept = stage();
    await kept.turn();
    assert.deepEqual([kept.writes, kept.changes], [[], []]);
  });

  it('gives the lease back', async () => {
    const { keeper, released } = stage();
    await keeper.close();
    assert.equal(released(), true);
  });
});
