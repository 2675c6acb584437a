import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { monotonicMs } from '../../../src/base/clock.ts';
import { Quarantine } from '../../../src/policy/quarantine.ts';

const OPTIONS = { afterKills: 3, windowMs: 1000, quarantineMs: 500 };

describe('Quarantine', () => {
  it('begins with the kill that makes them too many within the window', () => {
    const quarantine = new Quarantine(OPTIONS);

    const entered = [0, 400, 800].map((atMs) => quarantine.recordKill('p', monotonicMs(atMs)));

    assert.deepEqual(entered, [false, false, true]);
    assert.equal(quarantine.endOf('p', monotonicMs(800)), 1300);
    assert.equal(quarantine.count(monotonicMs(800)), 1);
  });

  it('does not begin while the kills are far apart', () => {
    const quarantine = new Quarantine(OPTIONS);

    const entered = [0, 600, 1200, 1800].map((atMs) =>
      quarantine.recordKill('p', monotonicMs(atMs)),
    );

    assert.deepEqual(entered, [false, false, false, false]);
    assert.equal(quarantine.endOf('p', monotonicMs(1800)), undefined);
  });

  it('concerns one policy only', () => {
    const quarantine = new Quarantine({ ...OPTIONS, afterKills: 1 });
    quarantine.recordKill('p', monotonicMs(0));

    assert.equal(quarantine.endOf('q', monotonicMs(0)), undefined);
    assert.equal(quarantine.count(monotonicMs(0)), 1);
  });

  it('ends after its time', () => {
    const quarantine = new Quarantine({ ...OPTIONS, afterKills: 1 });
    quarantine.recordKill('p', monotonicMs(0));

    assert.deepEqual(
      [499, 500].map((nowMs) => [
        quarantine.endOf('p', monotonicMs(nowMs)),
        quarantine.count(monotonicMs(nowMs)),
      ]),
      [
        [500, 1],
        [undefined, 0],
      ],
    );
  });

  it('is renewed by the first kill after it', () => {
    const quarantine = new Quarantine(OPTIONS);
    for (const atMs of [0, 1, 2]) quarantine.recordKill('p', monotonicMs(atMs));

    assert.equal(quarantine.recordKill('p', monotonicMs(5000)), true);
    assert.equal(quarantine.endOf('p', monotonicMs(5000)), 5500);
  });

  it('is forgotten once the policy finishes after it, and not before', () => {
    const quarantine = new Quarantine(OPTIONS);
    for (const atMs of [0, 1, 2]) quarantine.recordKill('p', monotonicMs(atMs));
    quarantine.forgive('p', monotonicMs(100));
    const during = quarantine.endOf('p', monotonicMs(100));
    quarantine.forgive('p', monotonicMs(600));

    assert.equal(during, 502);
    assert.equal(quarantine.recordKill('p', monotonicMs(5000)), false);
  });

  it('does not forgive kills that led to none', () => {
    const quarantine = new Quarantine(OPTIONS);
    quarantine.recordKill('p', monotonicMs(0));
    quarantine.recordKill('p', monotonicMs(1));
    quarantine.forgive('p', monotonicMs(2));

    assert.equal(quarantine.recordKill('p', monotonicMs(3)), true);
  });
});
