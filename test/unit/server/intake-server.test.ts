import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldfastError } from '../../../src/errors.ts';
import { anyClient } from '../../../src/server/client-authentication.ts';
import { startIntakeServer } from '../../../src/server/intake-server.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { startIntakeStage, type IntakeStageOptions } from '../../support/intake-server-stage.ts';
import { waitUntil } from '../../support/wait-until.ts';

type Hooks = Parameters<typeof startIntakeStage>[0];

function stage(
  test: Hooks,
  receive: (body: Uint8Array) => Promise<void>,
  options: Partial<IntakeStageOptions> = {},
) {
  return startIntakeStage(test, {
    sources: [{ name: 'audit', authenticator: anyClient, receive }],
    ...options,
  });
}

const codeOf = (body: string): string | undefined =>
  /\((\w+)\)"/u.exec(body)?.[1] ?? (body.includes('Success') ? 'taken' : undefined);

const outcomes = async (on: Awaited<ReturnType<typeof stage>>) =>
  (await on.exposed('holdfast_intake_requests_total{')).toSorted();

const counted = (outcome: string, count: number): string =>
  `holdfast_intake_requests_total{source="audit",outcome="${outcome}"} ${count}`;

describe('the server of the intake', () => {
  it('answers once the report is taken', async (t) => {
    const bodies: string[] = [];
    const on = await stage(t, (body) => {
      bodies.push(Buffer.from(body).toString());
      return Promise.resolve();
    });
    const { httpStatus, body } = await on.client().post('/audit', '{"a":1}');
    assert.equal(httpStatus, 200);
    assert.deepEqual(JSON.parse(body), {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      code: 200,
    });
    assert.deepEqual(bodies, ['{"a":1}']);
    assert.deepEqual(await outcomes(on), [counted('taken', 1)]);
    assert.deepEqual(await on.exposed('holdfast_intake_waiting'), ['holdfast_intake_waiting 0']);
  });

  it('answers with the status of what keeps it from being taken', async (t) => {
    const faults = [
      new HoldfastError('intake_unreadable', 'The report cannot be read: it is no EventList'),
      new HoldfastError('intake_overloaded', 'Too much'),
      new HoldfastError('intake_not_recorded', 'A full disk'),
      new HoldfastError('journal_closed', 'Closed'),
    ];
    const on = await stage(t, () => Promise.reject(faults.shift() ?? new Error('a bug')));
    const client = on.client();
    const answers = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const { httpStatus, body, headers } = await client.post('/audit', '{}');
      answers.push([httpStatus, codeOf(body), headers['retry-after']]);
    }
    assert.deepEqual(answers, [
      [400, 'intake_unreadable', undefined],
      [429, 'intake_overloaded', '1'],
      [503, 'intake_not_recorded', undefined],
      [500, 'journal_closed', undefined],
      [500, 'internal_error', undefined],
    ]);
  });

  it('takes no body that is too large, none of another type, and no empty one', async (t) => {
    const on = await stage(t, () => Promise.resolve());
    const client = on.client();
    const large = await client.post('/audit', 'x'.repeat(1025));
    assert.deepEqual([large.httpStatus, codeOf(large.body)], [413, 'intake_too_large']);
    const other = await client.send('/audit', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x',
    });
    assert.equal(other.httpStatus, 415);
    const empty = await client.send('/audit', { method: 'POST' });
    assert.deepEqual([empty.httpStatus, codeOf(empty.body)], [400, 'intake_unreadable']);
    const path = await client.post('/validate', '{}');
    assert.deepEqual([path.httpStatus, codeOf(path.body)], [404, 'route_unknown']);
  });

  it('refuses a body for which there is no memory', async (t) => {
    const on = await stage(t, () => Promise.resolve(), { heldBodyBytesMax: 128 });
    const { httpStatus, body } = await on.client().post('/audit', 'x'.repeat(1000));
    assert.deepEqual([httpStatus, codeOf(body)], [429, 'intake_overloaded']);
  });

  it('takes so many reports a second', async (t) => {
    const on = await stage(t, () => Promise.resolve(), { requestsPerSecondMax: 2 });
    const client = on.client();
    await waitUntil(async () => (await client.post('/audit', '{}')).httpStatus === 429);
    await waitUntil(async () => (await client.post('/audit', '{}')).httpStatus === 200);
  });

  it('takes one report after the other, and lets so many wait', async (t) => {
    const gate = Promise.withResolvers<void>();
    let running = 0;
    const on = await stage(t, async () => {
      running += 1;
      assert.equal(running, 1);
      await gate.promise;
      running -= 1;
    });
    const client = on.client({ connectionsMax: 3 });
    const waiting = async () => (await on.exposed('holdfast_intake_waiting'))[0];
    const first = client.post('/audit', '{}');
    await waitUntil(async () => (await waiting()) === 'holdfast_intake_waiting 1');
    const second = client.post('/audit', '{}');
    await waitUntil(async () => (await waiting()) === 'holdfast_intake_waiting 2');
    assert.equal((await client.post('/audit', '{}')).httpStatus, 429);
    gate.resolve();
    assert.deepEqual([(await first).httpStatus, (await second).httpStatus], [200, 200]);
  });

  it('reads no body of a sender who is not authenticated', async (t) => {
    let received = 0;
    const on = await startIntakeStage(t, {
      sources: [
        {
          name: 'audit',
          authenticator: {
            authenticate: () => ({ status: 'refused', reason: 'Nobody is known' }),
          },
          receive: () => {
            received += 1;
            return Promise.resolve();
          },
        },
      ],
    });
    const { httpStatus, body } = await on.client().post('/audit', 'x'.repeat(500));
    assert.deepEqual([httpStatus, codeOf(body)], [401, 'intake_unauthenticated']);
    assert.equal(received, 0);
    assert.deepEqual(await outcomes(on), [counted('intake_unauthenticated', 1)]);
  });

  it('says on which address it cannot listen', async (t) => {
    const on = await stage(t, () => Promise.resolve());
    const port = Number(new URL(on.server.url).port);
    await assert.rejects(
      stage({ after: () => undefined }, () => Promise.resolve(), { port }),
      (fault) =>
        fault instanceof HoldfastError &&
        fault.code === 'server_address_unavailable' &&
        fault.message === `Cannot listen on 127.0.0.1:${port} (intake): EADDRINUSE`,
    );
  });

  it('does not listen without a certificate', async () => {
    const tls = { certificateFile: '/nowhere/tls.crt', keyFile: '/nowhere/tls.key' };
    await assert.rejects(
      startIntakeServer(
        {
          host: '127.0.0.1',
          port: 0,
          tls,
          timeouts: { headerTimeoutMs: 1000, requestTimeoutMs: 1000, keepAliveMs: 1000 },
          connectionsMax: 1,
          bodyBytesMax: 1,
          heldBodyBytesMax: 1,
          waitingRequestsMax: 1,
          requestsPerSecondMax: 1,
          sources: [],
        },
        { ...recordTelemetry(), clock: systemClock },
      ),
      (fault) => fault instanceof HoldfastError && fault.code === 'certificate_unreadable',
    );
  });
});
