/** What every sink over HTTP must do with what a network and a server may do. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Sink, SinkContext, SinkOutcome } from '../../../src/delivery/sink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { findFreePorts } from '../cluster/free-ports.ts';
import { sampleEntries } from '../journal-entries.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { startHttpsTarget } from './https-target.ts';
import type { HttpsTargetFixture, TargetHandler, TargetReply } from './https-target.ts';

/** What a sink is built with, whichever it is. */
export interface SinkPlace {
  readonly url: string;
  readonly caFile: string;
  readonly timeoutMs: number;
}

export type SinkEnvironment = Pick<SinkContext, 'clock' | 'environment' | 'cluster' | 'replica'>;

export interface HttpSinkCase {
  readonly name: string;
  /** What the sink authenticates with, in the environment variable `SECRET`. */
  readonly secret: string;
  readonly create: (place: SinkPlace, context: SinkEnvironment) => Sink;
  /** An answer that is no answer of such a service. */
  readonly malformed: TargetReply;
  /** Statuses of this kind of service that are not as everywhere. */
  readonly serverFaultIsFinal?: boolean;
}

export interface StartedSink {
  readonly target: HttpsTargetFixture;
  readonly sink: Sink;
}

/** A sink and its target. */
export async function startSink(
  t: TestContext,
  { secret, create }: Pick<HttpSinkCase, 'secret' | 'create'>,
  handler: TargetHandler = () => ({}),
): Promise<StartedSink> {
  const target = await startHttpsTarget({ handler });
  t.after(target.stop);
  const folder = await makeTemporaryFolder(t, { 'ca.crt': target.ca });
  const sink = create(
    { url: target.url, caFile: join(folder, 'ca.crt'), timeoutMs: 60_000 },
    makeContext({ SECRET: secret, URL: `${target.url}/${secret}` }),
  );
  t.after(() => sink.close());
  return { target, sink };
}

function makeContext(environment: Readonly<Record<string, string>>): SinkEnvironment {
  return { clock: systemClock, environment, cluster: 'prod-eu-1', replica: 'holdfast-0' };
}

function send(sink: Sink, count = 2): Promise<SinkOutcome> {
  return sink.send(sampleEntries(1, count), AbortSignal.timeout(60_000));
}

/** Registers the tests. */
export function testHttpSink(sinkCase: HttpSinkCase): void {
  const { name, secret } = sinkCase;
  testAnswers(sinkCase);
  testConnections(sinkCase);

  test(`${name}: a secret that is not there is a reason to wait`, async (t) => {
    const { target } = await startSink(t, sinkCase);
    const sink = sinkCase.create(
      { url: target.url, caFile: '', timeoutMs: 60_000 },
      makeContext({}),
    );

    const outcome = await send(sink);

    assert.equal(outcome.status, 'retry');
    assert.match(reasonOf(outcome), /^The environment variable "(?:SECRET|URL)" is not set$/u);
  });

  test(`${name}: a target that repeats our secret does not get it into a reason`, async (t) => {
    const { target, sink } = await startSink(t, sinkCase);
    for (const status of [400, 401, 403, 500, 503]) {
      target.answer((request) => ({
        status,
        body: `${request.path} ${JSON.stringify(request.headers)} ${secret}`,
      }));

      const outcome = await send(sink, 1);

      const said = JSON.stringify(outcome);
      assert.ok(!said.includes(secret), said);
      assert.ok(!said.includes(Buffer.from(`holdfast:${secret}`).toString('base64')), said);
    }
  });
}

function testAnswers(sinkCase: HttpSinkCase): void {
  const { name } = sinkCase;

  test(`${name}: 429 is obeyed for as long as the target asks`, async (t) => {
    const { sink } = await startSink(t, sinkCase, () => ({
      status: 429,
      headers: { 'retry-after': '7' },
      body: 'slow down',
    }));

    assert.deepEqual(await send(sink), {
      status: 'retry',
      reason: 'The target answered 429: slow down',
      retryAfterMs: 7000,
    });
  });

  test(`${name}: a server that is in trouble is asked again`, async (t) => {
    const { target, sink } = await startSink(t, sinkCase);
    for (const status of [502, 503, 504]) {
      target.answer(() => ({ status }));

      assert.deepEqual(await send(sink), {
        status: 'retry',
        reason: `The target answered ${status}`,
        retryAfterMs: undefined,
      });
    }
  });

  test(`${name}: an answer 500 ${sinkCase.serverFaultIsFinal === true ? 'is final' : 'is tried again'}`, async (t) => {
    const { sink } = await startSink(t, sinkCase, () => ({ status: 500, body: 'oh' }));

    const expected =
      sinkCase.serverFaultIsFinal === true
        ? { status: 'refused', sequences: [1, 2], reason: 'The target answered 500: oh' }
        : { status: 'retry', reason: 'The target answered 500: oh', retryAfterMs: undefined };
    assert.deepEqual(await send(sink), expected);
  });

  testFaults(sinkCase);
}

function testFaults(sinkCase: HttpSinkCase): void {
  const { name } = sinkCase;

  test(`${name}: what is wrong with us loses no record`, async (t) => {
    const { target, sink } = await startSink(t, sinkCase);
    for (const status of [401, 403, 404, 405]) {
      target.answer(() => ({ status, body: 'no' }));

      assert.deepEqual(await send(sink), {
        status: 'retry',
        reason: `The target answered ${status}: no`,
        retryAfterMs: undefined,
      });
    }
  });

  test(`${name}: a redirect is not followed`, async (t) => {
    const other = await startHttpsTarget();
    t.after(other.stop);
    const { sink } = await startSink(t, sinkCase, () => ({
      status: 308,
      headers: { location: other.url },
    }));

    assert.deepEqual(await send(sink), {
      status: 'retry',
      reason: 'The target answered 308: no redirect is followed',
    });
    assert.equal(other.requests.length, 0);
  });

  test(`${name}: a faulty batch is split, and a faulty record refused`, async (t) => {
    const { sink } = await startSink(t, sinkCase, () => ({ status: 400, body: 'bad' }));

    assert.deepEqual(await send(sink, 2), {
      status: 'too-large',
      reason: 'The target answered 400: bad',
    });
    await t.test('alone', async () => {
      const outcome = await sink.send(sampleEntries(7, 7), AbortSignal.timeout(60_000));

      assert.deepEqual(outcome, {
        status: 'refused',
        sequences: [7],
        reason: 'The target answered 400: bad',
      });
    });
  });

  test(`${name}: an answer of something else is no delivery`, async (t) => {
    const { sink } = await startSink(t, sinkCase, () => sinkCase.malformed);

    assert.equal((await send(sink)).status, 'retry');
  });

  test(`${name}: an answer without end is cut off`, async (t) => {
    const body = 'x'.repeat(4 * 1024 * 1024 + 1);
    const { sink } = await startSink(t, sinkCase, () => ({ body }));

    assert.deepEqual(await send(sink), {
      status: 'retry',
      reason: 'The answer cannot be used: it is larger than 4194304 bytes',
    });
  });
}

function testConnections(sinkCase: HttpSinkCase): void {
  const { name } = sinkCase;

  test(`${name}: a target that is slow is given up, at its own time-out or at the signal`, async (t) => {
    const gate = Promise.withResolvers<void>();
    const { target } = await startSink(t, sinkCase, () => ({ after: gate.promise }));
    const folder = await makeTemporaryFolder(t, { 'ca.crt': target.ca });
    const caFile = join(folder, 'ca.crt');
    const context = makeContext({ SECRET: sinkCase.secret, URL: `${target.url}/x` });
    const sink = sinkCase.create({ url: target.url, caFile, timeoutMs: 60 }, context);

    assert.deepEqual(await send(sink), {
      status: 'retry',
      reason: 'There was no answer within 60 ms',
    });
    gate.resolve();
  });

  test(`${name}: a target that is not there is tried again`, async (t) => {
    const [port = 0] = await findFreePorts(1);
    const url = `https://127.0.0.1:${port}`;
    const folder = await makeTemporaryFolder(t, { 'ca.crt': '' });
    const sink = sinkCase.create(
      { url, caFile: join(folder, 'ca.crt'), timeoutMs: 60_000 },
      makeContext({ SECRET: sinkCase.secret, URL: `${url}/x` }),
    );

    assert.deepEqual(await send(sink), { status: 'retry', reason: 'The connection was refused' });
  });

  test(`${name}: a target with a certificate of somebody else hears nothing`, async (t) => {
    const { target } = await startSink(t, sinkCase);
    const stranger = await startHttpsTarget({ owner: 'stranger' });
    t.after(stranger.stop);
    const folder = await makeTemporaryFolder(t, { 'ca.crt': stranger.ca });
    const sink = sinkCase.create(
      { url: target.url, caFile: join(folder, 'ca.crt'), timeoutMs: 60_000 },
      makeContext({ SECRET: sinkCase.secret, URL: `${target.url}/x` }),
    );

    assert.deepEqual(await send(sink), {
      status: 'retry',
      reason: 'The request failed with CERT_SIGNATURE_FAILURE',
    });
    assert.equal(target.requests.length, 0);
  });

  test(`${name}: a connection that is cut off is tried again`, async (t) => {
    const { sink } = await startSink(t, sinkCase, () => ({ cut: 'before' }));

    assert.deepEqual(await send(sink), { status: 'retry', reason: 'The connection was cut off' });
  });
}

/** The reason of an outcome that has one. */
export function reasonOf(outcome: SinkOutcome): string {
  return 'reason' in outcome ? outcome.reason : '';
}
