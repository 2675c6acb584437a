import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { monotonicMs } from '../../../src/base/clock.ts';
import { ExpiringCache } from '../../../src/base/expiring-cache.ts';

describe('ExpiringCache', () => {
  it('gives a value back until its life is over, and forgets it then', () => {
    const cache = new ExpiringCache<string>({ lifeMs: 10, entriesMax: 5 });
    cache.set('a', 'value', monotonicMs(100));
    assert.equal(cache.get('a', monotonicMs(109)), 'value');
    assert.equal(cache.get('a', monotonicMs(110)), undefined);
    assert.equal(cache.size, 0);
    assert.equal(cache.get('never', monotonicMs(100)), undefined);
  });

  it('drops the oldest entry for the newest', () => {
    const cache = new ExpiringCache<number>({ lifeMs: 10, entriesMax: 2 });
    cache.set('a', 1, monotonicMs(0));
    cache.set('b', 2, monotonicMs(1));
    cache.set('a', 3, monotonicMs(2));
    cache.set('c', 4, monotonicMs(3));
    assert.deepEqual(
      [
        cache.get('a', monotonicMs(4)),
        cache.get('b', monotonicMs(4)),
        cache.get('c', monotonicMs(4)),
      ],
      [3, undefined, 4],
    );
  });

  it('keeps nothing where entries live for no time or none may be kept', () => {
    for (const options of [
      { lifeMs: 0, entriesMax: 5 },
      { lifeMs: 5, entriesMax: 0 },
    ]) {
      const cache = new ExpiringCache<number>(options);
      cache.set('a', 1, monotonicMs(0));
      assert.equal(cache.get('a', monotonicMs(0)), undefined);
    }
  });

  it('forgets what it is told to forget', () => {
    const cache = new ExpiringCache<number>({ lifeMs: 10, entriesMax: 5 });
    cache.set('a', 1, monotonicMs(0));

    cache.delete('a');

    assert.equal(cache.get('a', monotonicMs(1)), undefined);
  });

  it('never grows beyond its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 5 }), (keys, entriesMax) => {
        const cache = new ExpiringCache<string>({ lifeMs: 10, entriesMax });
        for (const key of keys) {
          cache.set(key, key, monotonicMs(0));
          assert.equal(cache.get(key, monotonicMs(1)), key);
          assert.ok(cache.size <= entriesMax);
        }
      }),
    );
  });
});
