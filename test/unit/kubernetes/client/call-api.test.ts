import assert from 'node:assert/strict';
import { describe, it, after, before } from 'node:test';
import { monotonicMs, addMs, systemClock } from '../../../../src/base/clock.ts';
import {
  callApi,
  explainAnswer,
  readApi,
  writeApi,
} from '../../../../src/kubernetes/client/call-api.ts';
import type { ApiCall } from '../../../../src/kubernetes/client/call-api.ts';
import { createClusterClient } from '../../../../src/kubernetes/client/client.ts';
import type { ConnectedCluster } from '../../../../src/kubernetes/client/cluster-client.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import type { FakeApiServer, FakeWrite } from '../../../support/fake-api-server.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const call: ApiCall = {
  method: 'PUT',
  url: new URL('https://127.0.0.1:1/api/v1/pods?x=1'),
  headers: {},
  bodyBytesMax: 10,
};
const clock = clockOf(() => 1000);

describe('callApi', () => {
  it('is over at the deadline although the authentication never ends, and at once after it', async () => {
    const authenticate = () => new Promise<never>(() => undefined);
    const expected = {
      status: 'timed-out',
      reason: 'PUT /api/v1/pods had no answer before its deadline',
    };
    assert.deepEqual(
      await callApi(call, { clock, deadlineAtMs: monotonicMs(1020), authenticate }),
      expected,
    );
    assert.deepEqual(
      await callApi(call, { clock, deadlineAtMs: monotonicMs(1000), authenticate }),
      expected,
    );
  });

  it('tells why the authentication failed', async () => {
    const reason = 'the exec plugin ended with 1';
    const authenticate = () => Promise.reject(new Error(reason));
    assert.deepEqual(
      await callApi(call, { clock, deadlineAtMs: monotonicMs(9000), authenticate }),
      {
        status: 'failed',
        reason,
      },
    );
  });
});

describe('explainAnswer', () => {
  it('repeats the beginning of the answer and no query', () => {
    assert.equal(
      explainAnswer(call, 500, 'y'.repeat(500)),
      `The API server answered 500 to PUT /api/v1/pods: ${'y'.repeat(200)}`,
    );
  });
});

const readTarget = {
  url: new URL('https://127.0.0.1:1/api/v1/pods'),
  accept: 'application/json',
  bodyBytesMax: 10,
};

describe('readApi', () => {
  it('is over at the deadline although the authentication never ends', async () => {
    const authenticate = () => new Promise<never>(() => undefined);
    assert.deepEqual(
      await readApi(readTarget, { clock, deadlineAtMs: monotonicMs(1020), authenticate }),
      {
        status: 'unavailable',
        code: 'lookup_timed_out',
        reason: 'GET /api/v1/pods had no answer before its deadline',
      },
    );
  });

  it('tells why the authentication failed', async () => {
    const reason = 'the exec plugin ended with 1';
    const authenticate = () => Promise.reject(new Error(reason));
    assert.deepEqual(
      await readApi(readTarget, { clock, deadlineAtMs: monotonicMs(9000), authenticate }),
      {
        status: 'unavailable',
        code: 'lookup_failed',
        reason,
      },
    );
  });
});

const PATH = '/apis/coordination.k8s.io/v1/namespaces/holdfast-system/leases/a';

describe('writeApi', () => {
  let server: FakeApiServer;
  let client: ConnectedCluster;
  before(async () => {
    server = await startFakeApiServer();
    const { kubeconfigFile } = server;
    const made = await createClusterClient({
      kubeconfigFile,
      connectionsMax: 1,
      clock: systemClock,
    });
    assert.ok(made !== undefined);
    client = made;
  });
  after(async () => {
    client.close();
    await server.stop();
  });

  const write = (body: unknown, withinMs = 10_000) =>
    client.write(PATH, {
      method: 'PUT',
      body,
      deadlineAtMs: addMs(systemClock.monotonicMs(), withinMs),
    });

  it('sends JSON with credentials and gives back what was stored', async () => {
    const heard: FakeWrite[] = [];
    server.answerWrites((sent) => {
      heard.push(sent);
      return { body: { stored: true } };
    });
    assert.deepEqual(await write({ kind: 'Lease' }), { status: 'written', body: { stored: true } });
    const patch = { method: 'PATCH', body: { a: 1 }, contentType: 'application/merge-patch+json' };
    const deadlineAtMs = addMs(systemClock.monotonicMs(), 10_000);
    assert.equal(
      (await client.write(PATH, { ...patch, method: 'PATCH', deadlineAtMs })).status,
      'written',
    );
    assert.deepEqual(heard, [
      { method: 'PUT', path: PATH, contentType: 'application/json', body: { kind: 'Lease' } },
      { ...patch, path: PATH },
    ]);
  });

  const answered = (status: number) =>
    `The API server answered ${String(status)} to PUT ${PATH}: because`;
  const ends: readonly (readonly [number, object])[] = [
    [404, { status: 'absent' }],
    [409, { status: 'conflict', reason: answered(409) }],
    [403, { status: 'refused', reason: answered(403), httpStatus: 403 }],
    [422, { status: 'refused', reason: answered(422), httpStatus: 422 }],
    [500, { status: 'unavailable', reason: answered(500), retryAfterMs: 3000 }],
    [429, { status: 'unavailable', reason: answered(429), retryAfterMs: 3000 }],
  ];
  for (const [status, expected] of ends) {
    it(`makes a value of an answer of ${status}`, async () => {
      server.answerWrites(() => ({ status, text: 'because', headers: { 'retry-after': '3' } }));
      assert.deepEqual(await write({}), expected);
    });
  }

  it('does not know what came of a write whose answer is no JSON, or too late', async () => {
    server.answerWrites(() => ({ text: '<html>' }));
    assert.deepEqual(await write({}), {
      status: 'unavailable',
      reason: 'The API server answered with something other than JSON',
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.answerWrites(() => ({ after: promise }));
    const reason = `PUT ${PATH} had no answer before its deadline`;
    assert.deepEqual(await write({}, 50), { status: 'unavailable', reason });
    resolve();
  });

  it('does not send what the server would not take', async () => {
    const target = {
      method: 'POST',
      url: new URL(server.url),
      body: 'x'.repeat(1_572_864),
    } as const;
    const authenticate = () => Promise.reject(new Error('not asked'));
    const means = {
      clock: systemClock,
      deadlineAtMs: addMs(systemClock.monotonicMs(), 1000),
      authenticate,
    };
    assert.deepEqual(await writeApi(target, means), {
      status: 'refused',
      reason: 'The object is larger than 1572864 bytes',
    });
  });
});
