import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { AbsenceClock } from '../../../../src/kubernetes/watch/absence-clock.ts';

const shop = { metadata: { namespace: 'argocd', name: 'shop' } };
const bank = { metadata: { namespace: 'argocd', name: 'bank' } };

describe('AbsenceClock', () => {
  const start = () => {
    const told = { nowMs: 1000, heardAtMs: 0 };
    const absence = new AbsenceClock({
      clock: { monotonicMs: () => monotonicMs(told.nowMs) },
      silenceMs: 500,
      heardAtMs: () => told.heardAtMs,
    });
    const list = (...objects: readonly (typeof shop)[]): void => {
      absence.beginList();
      for (const object of objects) absence.put(object);
      absence.endList();
      told.heardAtMs = told.nowMs;
    };
    return { told, absence, list };
  };

  it('knows nothing before the first list has ended', () => {
    const { absence } = start();
    assert.equal(absence.absentSinceMs('argocd', 'shop'), undefined);
    absence.beginList();
    absence.put(bank);
    assert.equal(absence.absentSinceMs('argocd', 'shop'), undefined);
  });

  it('counts from the first list for what was never there, and says nothing of what is', () => {
    const { absence, list } = start();
    list(bank);
    assert.equal(absence.absentSinceMs('argocd', 'shop'), 1000);
    assert.equal(absence.absentSinceMs('argocd', 'bank'), undefined);
    assert.equal(absence.absentSinceMs('team-a', 'bank'), 1000);
  });

  it('counts from the deletion, and starts again with one who came back for a moment', () => {
    const { absence, list, told } = start();
    list(shop);
    told.nowMs = 2000;
    absence.remove(shop);
    assert.equal(absence.absentSinceMs('argocd', 'shop'), 2000);
    told.nowMs = 3000;
    absence.put(shop);
    assert.equal(absence.absentSinceMs('argocd', 'shop'), undefined);
    told.nowMs = 3001;
    absence.remove(shop);
    assert.equal(absence.absentSinceMs('argocd', 'shop'), 3001);
  });

  it('goes on over a list that follows at once, and notices what is missing in it', () => {
    const { absence, list, told } = start();
    list(shop);
    told.nowMs = 1400;
    list();
    assert.equal(absence.absentSinceMs('argocd', 'bank'), 1000);
    assert.equal(absence.absentSinceMs('argocd', 'shop'), 1400);
  });

  it('starts again after a gap', () => {
    const { absence, list, told } = start();
    list(shop);
    absence.remove(bank);
    told.nowMs = 1501;
    list(shop);
    assert.equal(absence.absentSinceMs('argocd', 'bank'), 1501);
  });

  it('knows nothing after the resource was given up', () => {
    const { absence, list, told } = start();
    list();
    absence.clear();
    assert.equal(absence.absentSinceMs('argocd', 'shop'), undefined);
    told.nowMs = 1001;
    list();
    assert.equal(absence.absentSinceMs('argocd', 'shop'), 1001);
  });

  it('finds a name in any namespace', () => {
    const { absence, list } = start();
    list(bank);
    assert.equal(absence.hasName('bank'), true);
    assert.equal(absence.hasName('ban'), false);
    assert.equal(absence.hasName('shop'), false);
  });

  it('starts all times again where more has vanished than it remembers', () => {
    const { absence, list, told } = start();
    list();
    told.nowMs = 9000;
    for (let index = 0; index <= 10_000; index += 1) {
      absence.remove({ metadata: { namespace: 'argocd', name: `n${String(index)}` } });
    }
    assert.equal(absence.absentSinceMs('argocd', 'n0'), 9000);
    assert.equal(absence.absentSinceMs('argocd', 'shop'), 9000);
  });
});
