import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { addMs, systemClock } from '../../../../src/base/clock.ts';
import type { ConnectedCluster } from '../../../../src/kubernetes/client/cluster-client.ts';
import { openWatch, LineSplitter } from '../../../../src/kubernetes/watch/open-watch.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import type { FakeApiServer } from '../../../support/fake-api-server.ts';
import { connectToFake } from '../../../support/fake-client.ts';

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const never = (): boolean => {
  throw new Error('no line was to come');
};

describe('openWatch', () => {
  let server: FakeApiServer;
  let client: ConnectedCluster;
  let lines: string[] = [];
  let opened = 0;
  // Each test has a path of its own, so that none takes up a watch that another has left.
  let path = '';
  let tests = 0;
  before(async () => {
    server = await startFakeApiServer();
  });
  after(async () => {
    await server.stop();
  });
  beforeEach(async () => {
    lines = [];
    opened = 0;
    tests += 1;
    path = `/api/v1/pods-${String(tests)}`;
    client = await connectToFake(server, 1);
  });
  afterEach(() => {
    client.close();
  });

  function watch(options: { silenceMsMax?: number; signal?: AbortSignal; stopAt?: string } = {}) {
    const { silenceMsMax = 60_000, signal = new AbortController().signal, stopAt } = options;
    const end = client.watch(`${path}?watch=1&resourceVersion=7`, {
      accept: METADATA,
      silenceMsMax,
      signal,
      onOpen: () => {
        opened += 1;
      },
      onLine: (line) => {
        lines.push(line);
        return line !== stopAt;
      },
    });
    return { end, taken: server.nextWatch(path) };
  }

  it('hears each line until the server ends the watch', async () => {
    const { end, taken } = watch();
    const served = await taken;
    assert.equal(served.accept, METADATA);
    served.sendText('{"a":1}\n{"b"');
    served.sendText(':2}\n');
    served.end();
    assert.deepEqual(await end, { status: 'ended' });
    assert.deepEqual(lines, ['{"a":1}', '{"b":2}']);
    assert.equal(opened, 1);
  });

  it('takes no place of a look-up', async () => {
    const first = watch();
    const second = watch();
    await Promise.all([first.taken, second.taken]);
    const soon = { deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000) };
    assert.deepEqual(await client.read('/api/v1/nodes/a', soon), { status: 'absent' });
    client.close();
    assert.equal((await first.end).status, 'broken');
    assert.equal((await second.end).status, 'broken');
  });

  it('gives a connection up that brings nothing, before its headers and after', async () => {
    const mute = await watch({ silenceMsMax: 1 }).end;
    assert.deepEqual(mute, { status: 'silent' });
    path = `${path}-later`;
    // Long enough for a busy machine to connect.
    const later = watch({ silenceMsMax: 3000 });
    const served = await later.taken;
    served.sendText('{}\n');
    assert.deepEqual(await later.end, { status: 'silent' });
    assert.deepEqual(lines, ['{}']);
  });

  it('says that the connection broke', async () => {
    const { end, taken } = watch();
    const served = await taken;
    served.open();
    served.cut();
    assert.deepEqual(await end, { status: 'broken', reason: 'aborted' });
  });

  it('says how the server refused, and how long it asks to wait', async () => {
    const { end, taken } = watch();
    (await taken).refuse(429, { 'retry-after': '3' });
    assert.deepEqual(await end, {
      status: 'refused',
      code: 429,
      retryAfterMs: 3000,
      reason: `The API server answered 429 to the watch of ${path}: refused`,
    });
    const later = watch();
    (await later.taken).refuse(410, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' });
    assert.deepEqual(await later.end, {
      status: 'refused',
      code: 410,
      reason: `The API server answered 410 to the watch of ${path}: refused`,
    });
    assert.equal(opened, 0);
  });

  it('ends where it is told to, by the signal or by the listener', async () => {
    const abort = new AbortController();
    const closed = watch({ signal: abort.signal });
    const served = await closed.taken;
    abort.abort();
    assert.deepEqual(await closed.end, { status: 'closed' });
    const again = await client.watch(path, {
      accept: METADATA,
      silenceMsMax: 60_000,
      signal: abort.signal,
      onOpen: never,
      onLine: never,
    });
    assert.deepEqual(again, { status: 'closed' });
    const stopped = watch({ stopAt: 'stop' });
    (await stopped.taken).sendText('go\nstop\nmore\n');
    assert.deepEqual(await stopped.end, { status: 'closed' });
    assert.deepEqual(lines, ['go', 'stop']);
    served.cut();
  });

  it('does not collect a line without end', async () => {
    const { end, taken } = watch();
    const served = await taken;
    const part = 'x'.repeat(1024 * 1024);
    for (let sent = 0; sent < 9; sent += 1) served.sendText(part);
    assert.deepEqual(await end, { status: 'line_too_long' });
  });

  it('says that it could not connect or authenticate', async () => {
    const means = {
      url: new URL('https://127.0.0.1:1/'),
      authenticate: () => Promise.reject(new Error('no token')),
    };
    const options = { silenceMsMax: 60_000, lineBytesMax: 10, accept: METADATA };
    const { signal } = new AbortController();
    const listeners = { signal, onOpen: never, onLine: never };
    assert.deepEqual(await openWatch(means, { ...options, ...listeners }), {
      status: 'broken',
      reason: 'no token',
    });
  });
});

describe('LineSplitter', () => {
  it('gives out lines as they are completed', () => {
    const splitter = new LineSplitter(100);
    assert.deepEqual(splitter.push(Buffer.from('a')), []);
    assert.deepEqual(splitter.push(Buffer.from('b\nc\n\nd')), ['ab', 'c']);
    assert.deepEqual(splitter.push(Buffer.from('\n')), ['d']);
  });

  it('refuses a line that is longer than allowed, also one that never ends', () => {
    assert.equal(new LineSplitter(2).push(Buffer.from('a\nabc\n')), undefined);
    const splitter = new LineSplitter(2);
    assert.deepEqual(splitter.push(Buffer.from('ab')), []);
    assert.equal(splitter.push(Buffer.from('c')), undefined);
  });

  it('finds the same lines however the bytes are cut', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 7 }), (lines, size) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const splitter = new LineSplitter(10_000);
        const found: string[] = [];
        for (let start = 0; start < bytes.length; start += size) {
          found.push(...(splitter.push(bytes.subarray(start, start + size)) ?? []));
        }
        assert.deepEqual(
          found,
          lines.map((text) => Buffer.from(text).toString()),
        );
      }),
    );
  });
});
