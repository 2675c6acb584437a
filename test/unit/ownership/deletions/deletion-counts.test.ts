import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { DeletionCounts } from '../../../../src/ownership/deletions/deletion-counts.ts';
import { OWNERSHIP_LIMITS } from '../../../../src/ownership/settings.ts';

const WINDOW_MS = OWNERSHIP_LIMITS['deletions.windowMs'].default;

function open() {
  const time = { nowMs: 0 };
  const counts = new DeletionCounts({ monotonicMs: () => monotonicMs(time.nowMs) });
  const ask = (object: string, { application = 'shop', listedCount = 0, isDryRun = false } = {}) =>
    counts.ask({ application, object, listedCount, isDryRun });
  return { time, counts, ask };
}

describe('DeletionCounts', () => {
  it('counts the objects of each application by itself, each once', () => {
    const { counts, ask } = open();
    assert.equal(counts.isEmpty, true);
    assert.deepEqual(ask('a'), { deletedCount: 1, listedCount: 0 });
    assert.deepEqual(ask('b'), { deletedCount: 2, listedCount: 0 });
    assert.deepEqual(ask('a'), { deletedCount: 2, listedCount: 0 });
    assert.deepEqual(ask('a', { application: 'other' }), { deletedCount: 1, listedCount: 0 });
    assert.equal(counts.isEmpty, false);
  });

  it('keeps the most that was listed: what is deleted leaves the list', () => {
    const { ask } = open();
    assert.equal(ask('a').listedCount, 0);
    assert.equal(ask('b', { listedCount: 100 }).listedCount, 100);
    assert.equal(ask('c', { listedCount: 40 }).listedCount, 100);
    assert.equal(ask('d').listedCount, 100);
    assert.equal(ask('e', { listedCount: 101 }).listedCount, 101);
  });

  it('counts a dry run in its own answer alone', () => {
    const { counts, ask } = open();
    assert.deepEqual(ask('a', { isDryRun: true, listedCount: 7 }), {
      deletedCount: 1,
      listedCount: 7,
    });
    assert.equal(counts.isEmpty, true);
    ask('a');
    assert.equal(ask('b', { isDryRun: true }).deletedCount, 2);
    assert.equal(ask('a', { isDryRun: true }).deletedCount, 1);
    assert.equal(ask('c').deletedCount, 2);
  });

  it('takes back what was refused', () => {
    const { counts, ask } = open();
    ask('a');
    ask('b');
    counts.forget('shop', 'b');
    counts.forget('shop', 'never');
    counts.forget('other', 'a');
    assert.equal(ask('c').deletedCount, 2);
  });

  it('goes on for as long as the controller tries, and ends an hour after', () => {
    const { time, ask } = open();
    ask('a', { listedCount: 9 });
    time.nowMs += WINDOW_MS;
    assert.equal(ask('b').deletedCount, 2);
    time.nowMs += WINDOW_MS;
    assert.equal(ask('c').deletedCount, 3);
    time.nowMs += WINDOW_MS + 1;
    assert.deepEqual(ask('d'), { deletedCount: 1, listedCount: 0 });
  });

  it('tells no more objects apart than its limit: the rest is over every budget', () => {
    const { ask } = open();
    const max = OWNERSHIP_LIMITS['deletions.objectsMax'].default;
    for (let index = 0; index < max; index += 1) ask(String(index));
    assert.equal(ask('one more').deletedCount, max + 1);
    assert.equal(ask('another').deletedCount, max + 1);
  });

  it('forgets the application that was asked about first, where there are too many', () => {
    const { ask } = open();
    const max = OWNERSHIP_LIMITS['deletions.applicationsMax'].default;
    for (let index = 0; index < max; index += 1) ask('a', { application: String(index) });
    ask('b', { application: '0' });
    ask('a', { application: 'one more' });
    assert.equal(ask('c', { application: '0' }).deletedCount, 3);
    assert.equal(ask('b', { application: '2' }).deletedCount, 2);
    assert.equal(ask('b', { application: '1' }).deletedCount, 1);
  });
});
