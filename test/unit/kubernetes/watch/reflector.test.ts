import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { Semaphore } from '../../../../src/base/semaphore.ts';
import type { ConnectedCluster } from '../../../../src/kubernetes/client/cluster-client.ts';
import { EntryQuota, ObjectTable } from '../../../../src/kubernetes/watch/object-table.ts';
import { startReflector } from '../../../../src/kubernetes/watch/reflector.ts';
import type { ReflectorOptions, Reflector } from '../../../../src/kubernetes/watch/reflector.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import type { FakeApiServer } from '../../../support/fake-api-server.ts';
import { connectToFake } from '../../../support/fake-client.ts';
import { clockOf } from '../../../support/simulated-time.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const pod = (name: string, resourceVersion: string) => ({
  metadata: { name, namespace: 'shop', resourceVersion },
});
const list = (resourceVersion: string, ...items: readonly object[]) => ({
  body: { metadata: { resourceVersion }, items },
});

describe('startReflector', () => {
  let server: FakeApiServer;
  let client: ConnectedCluster;
  let reflector: Reflector;
  let table: ObjectTable<string>;
  let ends: string[] = [];
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
    ends = [];
    tests += 1;
    path = `/api/v1/pods-${String(tests)}`;
    client = await connectToFake(server);
  });
  afterEach(async () => {
    await reflector.close();
    client.close();
  });

  function follow(overrides: Partial<ReflectorOptions> = {}, entriesMax = 100): void {
    table = new ObjectTable<string>({
      quota: new EntryQuota(entriesMax),
      reduce: ({ metadata }) => metadata?.name,
    });
    reflector = startReflector({
      client,
      path,
      metadataOnly: true,
      store: table,
      clock: systemClock,
      random: () => 0,
      semaphore: new Semaphore({ runningMax: 1, waitingMax: 10 }),
      silenceMsMax: 60_000,
      resyncMs: 3_600_000,
      pageObjectsMax: 2,
      objectsMax: 100,
      onEnd: ({ reason }, { action, waitMs }, detail) => {
        const cause = detail.split(':', 1)[0] ?? '';
        ends.push(`${reason}${cause === '' ? '' : ` (${cause})`} -> ${action} in ${waitMs}`);
      },
      scaleWait: () => 0,
      ...overrides,
    });
  }
  const names = () => [...table.all()].toSorted();

  it('watches on from a version that is known, without a list, and lists where it is too old', async () => {
    server.answer(path, list('500', pod('b', '400')));
    follow({ resumeFrom: '7' });
    const first = await server.nextWatch(path);
    assert.deepEqual(
      [first.query.get('resourceVersion'), reflector.state(), reflector.version()],
      ['7', 'synced', '7'],
    );
    first.send('ADDED', pod('a', '9'));
    await waitUntil(() => table.get('shop', 'a') === 'a');
    assert.equal(reflector.version(), '9');
    first.send('ERROR', { kind: 'Status', code: 410 });
    await waitUntil(() => table.get('shop', 'b') === 'b');
    assert.deepEqual([table.get('shop', 'a'), reflector.version()], [undefined, '500']);
  });

  it('lists, then applies what the watch brings', async () => {
    server.answer(path, list('10', pod('a', '1'), pod('b', '2')));
    const changes: number[] = [];
    follow({ onChange: () => changes.push(table.size) });
    const watch = await server.nextWatch(path);
    const asked = 'watch=1&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=30';
    assert.equal(watch.query.toString(), asked);
    assert.equal(reflector.state(), 'synced');
    const listedAtMs = reflector.provenAtMs();
    assert.ok(listedAtMs > 0 && listedAtMs <= systemClock.monotonicMs());
    watch.send('ADDED', pod('c', '11'));
    watch.send('MODIFIED', pod('c', '12'));
    watch.send('DELETED', pod('a', '13'));
    await waitUntil(() => !names().includes('a'));
    assert.deepEqual(names(), ['b', 'c']);
    // An event right after the begin of a watch may be an old one.
    assert.equal(reflector.provenAtMs(), listedAtMs);
    watch.send('BOOKMARK', { metadata: { resourceVersion: '14' } });
    await waitUntil(() => reflector.provenAtMs() > listedAtMs);
    assert.deepEqual(changes, [2, 3, 3, 2]);
  });

  it('goes on from the last thing it heard, a bookmark included', async () => {
    server.answer(path, list('10'));
    follow();
    const first = await server.nextWatch(path);
    first.send('BOOKMARK', { metadata: { resourceVersion: '40' } });
    first.end();
    const second = await server.nextWatch(path);
    assert.equal(second.query.get('resourceVersion'), '40');
    second.send('ADDED', pod('a', '50'));
    await waitUntil(() => table.size === 1);
    second.cut();
    const third = await server.nextWatch(path);
    assert.equal(third.query.get('resourceVersion'), '50');
    // The same event again, and an old one, as around any reconnection.
    third.send('ADDED', pod('a', '50'));
    third.send('DELETED', pod('a', '49'));
    third.send('ADDED', pod('b', '51'));
    await waitUntil(() => table.size === 2);
    assert.deepEqual(ends, [
      'listed -> watch in 0',
      'ended -> watch in 0',
      'broken (aborted) -> watch in 125',
    ]);
  });

  it('lists again where the history is gone, and forgets what was deleted meanwhile', async () => {
    server.answer(path, list('10', pod('a', '1'), pod('b', '2')));
    follow();
    const first = await server.nextWatch(path);
    server.answer(path, list('90', pod('b', '2'), pod('c', '80')));
    first.send('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
    const second = await server.nextWatch(path);
    assert.equal(second.query.get('resourceVersion'), '90');
    assert.deepEqual(names(), ['b', 'c']);
    second.refuse(410);
    const third = await server.nextWatch(path);
    assert.equal(third.query.get('resourceVersion'), '90');
    assert.deepEqual(ends.map((end) => end.replace(/ \(.*\)/u, '')).slice(0, 4), [
      'listed -> watch in 0',
      'gone -> list in 0',
      'listed -> watch in 0',
      'gone -> list in 250',
    ]);
  });

  it('replaces a watch that has died without a sign', async () => {
    server.answer(path, list('10'));
    follow({ silenceMsMax: 1000 });
    const first = await server.nextWatch(path);
    first.open();
    const second = await server.nextWatch(path);
    assert.equal(second.query.get('resourceVersion'), '10');
    await waitUntil(() => first.isClosed());
    assert.equal(ends[1], 'silent -> watch in 125');
  });

  it('waits as long as a busy server asks', async () => {
    server.answer(path, list('10'));
    follow();
    (await server.nextWatch(path)).refuse(429, { 'retry-after': '7' });
    const again = await server.nextWatch(path);
    again.send('ERROR', { code: 429, details: { retryAfterSeconds: 9 } });
    await server.nextWatch(path);
    const asked = `The API server answered 429 to the watch of ${path}`;
    assert.deepEqual(ends.slice(1), [
      `throttled (${asked}) -> watch in 7000`,
      'throttled -> watch in 9000',
    ]);
  });

  it('survives a server that is down or starts, and does not list in a storm', async () => {
    server.answer(path, { status: 503, text: 'starting' });
    follow();
    await waitUntil(() => ends.length >= 3);
    assert.equal(reflector.state(), 'listing');
    server.answer(path, list('10', pod('a', '1')));
    (await server.nextWatch(path)).refuse(500);
    await server.nextWatch(path);
    assert.equal(ends[0], `failed (The API server answered 503 to GET ${path}) -> list in 125`);
    assert.equal(ends[2], `failed (The API server answered 503 to GET ${path}) -> list in 500`);
    assert.equal(reflector.state(), 'synced');
    const watched = `failed (The API server answered 500 to the watch of ${path})`;
    assert.ok(ends.some((end) => end.startsWith(watched)));
  });

  it('lists again after an event that it cannot read', async () => {
    server.answer(path, list('10', pod('a', '1')));
    follow();
    (await server.nextWatch(path)).sendText('{"type":"ADDED"\n');
    (await server.nextWatch(path)).sendText('x'.repeat(9 * 1024 * 1024));
    await server.nextWatch(path);
    assert.deepEqual(ends.slice(0, 4), [
      'listed -> watch in 0',
      'unreadable -> list in 125',
      'listed -> watch in 0',
      'unreadable -> list in 250',
    ]);
  });

  it('gives up what it may not follow, and comes back when it may', async () => {
    server.answer(path, list('10', pod('a', '1')));
    follow();
    (await server.nextWatch(path)).refuse(403);
    const again = await server.nextWatch(path);
    assert.equal(table.size, 1);
    assert.match(ends[1] ?? '', /^failed .* -> watch in 125$/u);
    server.answer(path, { status: 403, text: 'no' });
    again.refuse(404);
    await waitUntil(() => reflector.state() === 'forbidden');
    assert.equal(table.size, 0);
    server.answer(path, { status: 404, text: 'no' });
    await waitUntil(() => reflector.state() === 'absent');
    server.answer(path, list('20', pod('b', '2')));
    await server.nextWatch(path);
    assert.equal(reflector.state(), 'synced');
    assert.deepEqual(names(), ['b']);
  });

  it('gives up a resource with more objects than there is room for', async () => {
    server.answer(path, list('10', pod('a', '1'), pod('b', '2'), pod('c', '3')));
    follow({}, 2);
    await waitUntil(() => reflector.state() === 'overflowed');
    assert.equal(table.size, 0);
    server.answer(path, list('20', pod('a', '1'), pod('b', '2')));
    const watch = await server.nextWatch(path);
    assert.equal(reflector.state(), 'synced');
    server.answer(path, { status: 503, text: 'down' });
    watch.send('ADDED', pod('c', '21'));
    await waitUntil(() => reflector.state() === 'overflowed');
    assert.equal(ends[0], 'overflowed -> list in 300000');
  });

  it('asks for smaller pages after a list that failed, and narrows it where told to', async () => {
    server.answer(path, { text: 'x'.repeat(9 * 1024 * 1024) });
    follow({
      pageObjectsMax: 500,
      selector: 'fieldSelector=metadata.name%3Da',
      metadataOnly: false,
    });
    await waitUntil(() => ends.length >= 2);
    server.answer(path, list('10', pod('a', '1')));
    const watch = await server.nextWatch(path);
    assert.equal(watch.query.get('fieldSelector'), 'metadata.name=a');
    assert.equal(watch.accept, 'application/json');
    const lists = server.requests.filter((asked) => asked.startsWith(path));
    assert.equal(lists[0], `${path}?limit=500&fieldSelector=metadata.name%3Da`);
    assert.equal(lists[1], `${path}?limit=250&fieldSelector=metadata.name%3Da`);
  });

  it('lists again when that is due, and so forgets what it has never heard of again', async () => {
    server.answer(path, list('10', pod('ghost', '1')));
    follow({ resyncMs: 0 });
    const first = await server.nextWatch(path);
    server.answer(path, list('12', pod('missed', '5')));
    first.send('BOOKMARK', { metadata: { resourceVersion: '11' } });
    first.end();
    const second = await server.nextWatch(path);
    assert.equal(second.query.get('resourceVersion'), '12');
    assert.deepEqual(names(), ['missed']);
    assert.deepEqual(ends, ['listed -> watch in 0', 'ended -> list in 0', 'listed -> watch in 0']);
  });

  it('counts a list that finds no place as failed, and ends at once, whatever it waits for', async () => {
    follow({ semaphore: new Semaphore({ runningMax: 0, waitingMax: 0 }) });
    await waitUntil(() => ends[0] === 'failed (Too many lists wait already) -> list in 125');
    await reflector.close();
    ends = [];
    server.answer(path, { status: 503, text: 'down' });
    follow({ scaleWait: () => 600_000 });
    await waitUntil(() => ends.length === 1);
    await reflector.close();
    server.answer(path, list('10'));
    follow();
    const watch = await server.nextWatch(path);
    watch.open();
    await reflector.close();
    await waitUntil(() => watch.isClosed());
    const { promise, resolve } = Promise.withResolvers<void>();
    server.answer(path, { after: promise, ...list('10') });
    follow();
    const closed = reflector.close();
    resolve();
    await closed;
  });

  it('takes an event for proof once the watch has lasted a while', async () => {
    server.answer(path, list('10'));
    let passedMs = 0;
    // Whole, so that what is added can be told exactly again.
    const startMs = Math.round(systemClock.monotonicMs());
    follow({ clock: clockOf(() => startMs + passedMs) });
    const watch = await server.nextWatch(path);
    const tell = async (name: string, version: string, atMs: number) => {
      passedMs = atMs;
      watch.send('ADDED', pod(name, version));
      await waitUntil(() => names().includes(name));
      return reflector.provenAtMs() - startMs;
    };
    assert.equal(await tell('a', '11', 0), 0);
    assert.equal(await tell('b', '12', 999), 0);
    assert.equal(await tell('c', '13', 1000), 1000);
    assert.equal(reflector.heardAtMs() - startMs, 1000);
  });

  it('goes on where something throws that never should', async () => {
    server.answer(path, list('10', pod('a', '1')));
    let isFaulty = true;
    const store = new ObjectTable<string>({
      quota: new EntryQuota(10),
      reduce: ({ metadata }) => {
        if (isFaulty) throw new Error('a fault');
        return metadata?.name;
      },
    });
    follow({ store });
    await waitUntil(() => ends.length >= 1);
    isFaulty = false;
    await server.nextWatch(path);
    assert.equal(ends[0], 'failed (a fault) -> list in 125');
    assert.equal(store.size, 1);
  });
});
