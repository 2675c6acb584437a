import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imageUnavailable, rejectImage } from '../../../../../src/image/image-failure.ts';
import { TokenCache } from '../../../../../src/image/registry/providers/token-cache.ts';
import { SimulatedTime } from '../../../../support/simulated-time.ts';

const MINUTE_MS = 60_000;

function open(lifeMs = 10 * MINUTE_MS) {
  const time = new SimulatedTime();
  const cache = new TokenCache<number>(time.clock);
  let asked = 0;
  const ask = () => {
    asked += 1;
    return Promise.resolve({ status: 'read', value: asked, lifeMs } as const);
  };
  const get = async (scope = 'eu-west-1') => {
    const answer = await cache.get(scope, ask);
    return answer.status === 'kept' ? answer.value : answer.status;
  };
  return { time, cache, get, count: () => asked };
}

describe('TokenCache', () => {
  it('keeps a token until a minute before its end, for each scope', async () => {
    const { time, get } = open();
    assert.equal(await get(), 1);
    assert.equal(await get(), 1);
    assert.equal(await get('us-east-1'), 2);
    await time.pass(9 * MINUTE_MS - 1);
    assert.equal(await get(), 1);
    await time.pass(1);
    assert.equal(await get(), 3);
  });

  it('says until when it counts', async () => {
    const { cache } = open();
    const answer = await cache.get('a', () =>
      Promise.resolve({ status: 'read', value: 1, lifeMs: 5 * MINUTE_MS }),
    );
    assert.deepEqual(answer, { status: 'kept', value: 1, endsAtMs: 4 * MINUTE_MS });
  });

  it('asks again after an hour, however long the token is said to live', async () => {
    for (const lifeMs of [12 * 60 * MINUTE_MS, Infinity]) {
      const { time, get } = open(lifeMs);
      assert.equal(await get(), 1);
      await time.pass(59 * MINUTE_MS - 1);
      assert.equal(await get(), 1);
      await time.pass(1);
      assert.equal(await get(), 2);
    }
  });

  it('uses a token that is over at once for who has asked, and keeps it for nobody', async () => {
    for (const lifeMs of [MINUTE_MS, 0, -1, -Infinity, Number.NaN]) {
      const { get } = open(lifeMs);
      assert.equal(await get(), 1);
      assert.equal(await get(), 2);
    }
  });

  it('does not look at the wall clock', async () => {
    const { time, get } = open();
    assert.equal(await get(), 1);
    time.stepWall(86_400_000);
    assert.equal(await get(), 1);
    time.stepWall(-2 * 86_400_000);
    assert.equal(await get(), 1);
  });

  it('asks once for all who ask at the same time', async () => {
    const { get, count } = open(0);
    assert.deepEqual(await Promise.all([get(), get(), get()]), [1, 1, 1]);
    assert.equal(count(), 1);
  });

  it('keeps a failure as long as it says, and no longer', async () => {
    const { time, cache } = open();
    const failures = [
      { failure: imageUnavailable('down', 3000), keptMs: 3000 },
      { failure: rejectImage('image_registry_refused', 'private'), keptMs: 10_000 },
    ];
    for (const { failure, keptMs } of failures) {
      const scope = failure.status;
      const fail = () => Promise.resolve(failure);
      const succeed = () =>
        Promise.resolve({ status: 'read', value: 7, lifeMs: 10 * MINUTE_MS } as const);
      assert.deepEqual(await cache.get(scope, fail), failure);
      await time.pass(keptMs - 1);
      assert.deepEqual(await cache.get(scope, succeed), failure);
      await time.pass(1);
      assert.equal((await cache.get(scope, succeed)).status, 'kept');
    }
  });

  it('keeps no more than its limit: the oldest is asked for again', async () => {
    const { get, count } = open();
    for (let index = 0; index < 256; index += 1) await get(`region-${index}`);
    assert.equal(await get('region-0'), 1);
    await get('one more');
    assert.equal(count(), 257);
    assert.equal(await get('region-1'), 2);
    assert.equal(await get('region-0'), 258);
  });

  it('forgets who rejects: the next one asks again', async () => {
    const { cache, get } = open();
    const fault = () => Promise.reject(new Error('a fault of ours'));
    await assert.rejects(cache.get('eu-west-1', fault), /a fault of ours/u);
    assert.equal(await get(), 1);
  });
});
