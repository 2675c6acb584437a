import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { LeaseServer } from '../../../support/lease-server.ts';
import { clockOf } from '../../../support/simulated-time.ts';
import type { ApiWriting } from '../../../../src/kubernetes/client/cluster-client.ts';
import { LeaseElection } from '../../../../src/kubernetes/leader-election/lease-election.ts';

const SECOND = 1000;
const START_MS = Date.UTC(2026, 0, 5, 8);
/** The minute. */
const HEARTBEAT = String(START_MS / 60_000);

describe('the lease of the replicas', () => {
  let server: LeaseServer;
  let nowMs: number;
  beforeEach(() => {
    server = new LeaseServer();
    nowMs = START_MS;
  });

  const join = (identity: string, skewMs = 0) =>
    new LeaseElection({
      client: {
        read: (path) => server.read(path),
        write: (path, options) => server.write(path, options),
      },
      namespace: 'holdfast-system',
      name: 'holdfast-alerts',
      identity,
      durationMs: 15 * SECOND,
      clock: clockOf(() => nowMs + skewMs),
    });

  it('is made by the first, and the others see who leads and what it has published', async () => {
    const [a, b] = [join('a'), join('b')];
    assert.deepEqual(await a.renew('of a'), { leads: true, others: [] });
    assert.deepEqual(await b.renew('of b'), {
      leads: false,
      leader: 'a',
      others: [{ replica: 'a', heartbeat: HEARTBEAT, text: 'of a' }],
    });
    assert.deepEqual(await a.renew('of a'), {
      leads: true,
      others: [{ replica: 'b', heartbeat: HEARTBEAT, text: 'of b' }],
    });
    assert.deepEqual(server.writes, ['POST a', 'PUT a']);
  });

  it('is taken over when the holder gave no sign of life, whatever the clocks say', async () => {
    const [a, b] = [join('a', -86_400_000), join('b', 86_400_000)];
    await a.renew('');
    for (let passed = 0; passed <= 15; passed += 5) {
      assert.equal((await b.renew('')).leads, false);
      nowMs += 5 * SECOND;
    }
    assert.equal((await b.renew('')).leads, true);
    assert.equal((await a.renew('')).leads, false);
  });

  it('is held no longer than it lasts, also by who has not asked since', async () => {
    const [a, b] = [join('a'), join('b')];
    await a.renew('');
    assert.deepEqual([a.holds(), b.holds()], [true, false]);
    nowMs += 15 * SECOND;
    assert.equal(a.holds(), false);
    await a.renew('');
    assert.equal(a.holds(), true);
  });

  it('stays with a holder that renews it', async () => {
    const [a, b] = [join('a'), join('b')];
    for (let passed = 0; passed < 60; passed += 5) {
      assert.equal((await a.renew('')).leads, true);
      assert.equal((await b.renew('')).leads, false);
      nowMs += 5 * SECOND;
    }
  });

  it('is given up by a holder that leaves, and by nobody else', async () => {
    const [a, b] = [join('a'), join('b')];
    await a.renew('');
    await b.renew('');
    await b.release();
    assert.equal((await a.renew('')).leads, true);
    await a.release();
    await a.release();
    assert.equal((await b.renew('')).leads, true);
    Reflect.set(server, 'lease', undefined);
    await b.release();
    const c = join('c');
    await c.renew('');
    server.store({ metadata: {}, spec: { holderIdentity: 'd' } });
    await c.release();
    assert.equal(Reflect.get(Object(server.lease?.spec), 'holderIdentity'), 'd');
  });

  it('is written again where another write came first', async () => {
    const [a, b] = [join('a'), join('b')];
    await a.renew('');
    let interruptions = 0;
    server.between = () => {
      interruptions += 1;
      if (interruptions === 1 && server.lease !== undefined) server.store(server.lease);
    };
    assert.equal((await b.renew('news')).problem, undefined);
    assert.equal(interruptions, 2);
  });

  it('is spoken under as long as it lasts where the API server is away, and no longer', async () => {
    const a = join('a');
    await a.renew('');
    server.fault = { status: 'unavailable', code: 'lookup_failed', reason: 'away' };
    nowMs += 14 * SECOND;
    assert.deepEqual(await a.renew(''), { leads: true, others: [], problem: 'away' });
    nowMs += 2 * SECOND;
    assert.deepEqual(await a.renew(''), { leads: false, others: [], problem: 'away' });
  });

  const faults: readonly (readonly [ApiWriting, string])[] = [
    [{ status: 'refused', reason: 'forbidden' }, 'forbidden'],
    [{ status: 'unavailable', reason: 'slow' }, 'slow'],
    [{ status: 'conflict', reason: 'again and again' }, 'again and again'],
    [{ status: 'absent' }, 'The lease was deleted, or its namespace is not there'],
  ];
  for (const [fault, problem] of faults) {
    it(`is nobody’s where a write is ${fault.status}`, async () => {
      server.writeFault = fault;
      assert.deepEqual(await join('a').renew(''), { leads: false, others: [], problem });
    });
  }

  it('is not read where it is none, and believed where the answer is none', async () => {
    const a = join('a');
    server.writeFault = { status: 'written', body: {} };
    assert.equal((await a.renew('')).leads, true);
    server.writeFault = undefined;
    Reflect.set(server, 'lease', { metadata: 5 });
    nowMs += 60 * SECOND;
    assert.equal((await a.renew('')).problem, 'The lease cannot be read');
    await a.release();
  });

  it('forgets the others of replicas that gave no sign of life for ten minutes', async () => {
    const [a, b] = [join('a'), join('b')];
    await a.renew('');
    await b.renew('of b');
    for (let passed = 0; passed < 700; passed += 10) {
      await a.renew('');
      nowMs += 10 * SECOND;
    }
    assert.deepEqual(await a.renew(''), { leads: true, others: [] });
    assert.deepEqual((await a.renew('')).others, []);
  });
});
