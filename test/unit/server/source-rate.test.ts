import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { SourceRate } from '../../../src/server/source-rate.ts';
import { clientFrom, testClients } from '../../support/server-clients.ts';

const PER_SECOND = 4;

function prepare() {
  const time = { nowMs: 1_000_000 };
  const rate = new SourceRate({
    perSecond: PER_SECOND,
    monotonicMs: () => monotonicMs(time.nowMs),
  });
  // Each a source of its own: the one of before had no connection any more.
  const sourceAt = (address: string) => clientFrom(testClients(), address).source;
  const takeAll = (address: string): number => {
    let taken = 0;
    for (; rate.allows(sourceAt(address)); taken += 1) rate.take(sourceAt(address));
    return taken;
  };
  return { rate, time, takeAll };
}

test('a source may do at once what it may do in a second, and then one at a time', () => {
  const { time, takeAll } = prepare();
  assert.deepEqual([takeAll('10.0.0.1'), takeAll('10.0.0.2')], [PER_SECOND, PER_SECOND]);
  time.nowMs += 249;
  assert.equal(takeAll('10.0.0.1'), 0);
  time.nowMs += 1;
  assert.equal(takeAll('10.0.0.1'), 1);
  time.nowMs += 60_000;
  assert.equal(takeAll('10.0.0.1'), PER_SECOND);
});

test('sources that have done nothing for a second are not remembered', () => {
  const { rate, time, takeAll } = prepare();
  for (let index = 0; index < 100; index += 1) takeAll(`10.0.0.${index}`);
  assert.equal(rate.size, 100);
  time.nowMs += 1000;
  takeAll('10.0.1.1');
  assert.equal(rate.size, 1);
});
