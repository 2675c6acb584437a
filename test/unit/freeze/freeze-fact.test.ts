import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describeFreezes,
  endOf,
  type FreezeSources,
  type OpenWindow,
} from '../../../src/freeze/freeze-fact.ts';
import type { Freeze } from '../../../src/freeze/parse-freeze.ts';

const NOW = Date.UTC(2026, 10, 30, 13);
const HOUR = 3_600_000;
const object = { group: 'apps', namespace: 'shop', applications: ['argocd/checkout'] };

const freeze: Freeze = {
  name: 'freeze-1',
  scope: {},
  reason: 'it is being repaired',
  by: 'alice',
  createdAtMs: NOW - HOUR,
  expiresAtMs: NOW + HOUR,
};

function windowOf(
  name: string,
  endMs: number | undefined,
  scope: Partial<OpenWindow> = {},
): OpenWindow {
  const span = endMs === undefined ? undefined : { startMs: 0, endMs };
  return { name, reason: 'nobody is there', calendar: { spanAt: () => span }, ...scope };
}

function sources(overrides: Partial<FreezeSources> = {}): FreezeSources {
  return {
    windows: [],
    readFreezes: () => ({ status: 'known', freezes: [] }),
    exemptNamespaces: ['kube-system'],
    lifetimeMaxMs: 24 * HOUR,
    ...overrides,
  };
}

function known(...freezes: readonly Freeze[]): Partial<FreezeSources> {
  return { readFreezes: () => ({ status: 'known', freezes }) };
}

const NOTHING = { freezes: [], isRevert: false };

describe('describeFreezes()', () => {
  it('finds nothing where nothing is frozen', () => {
    assert.deepEqual(describeFreezes(object, sources(), NOW), NOTHING);
    const closed = sources({ windows: [windowOf('night', undefined)] });
    assert.deepEqual(describeFreezes(object, closed, NOW), NOTHING);
  });

  it('tells windows, people and circuit breakers apart, and the last to end first', () => {
    const breaker = { ...freeze, name: 'b', breaker: 'error-rate', expiresAtMs: NOW + 2 * HOUR };
    const found = describeFreezes(
      object,
      sources({ windows: [windowOf('year-end', NOW + 3 * HOUR)], ...known(freeze, breaker) }),
      NOW,
    );
    assert.deepEqual(found, {
      freezes: [
        {
          kind: 'window',
          name: 'year-end',
          reason: 'nobody is there',
          by: '',
          until: '2026-11-30T16:00:00Z',
        },
        {
          kind: 'breaker',
          name: 'b',
          reason: 'it is being repaired',
          by: 'error-rate',
          until: '2026-11-30T15:00:00Z',
        },
        {
          kind: 'person',
          name: 'freeze-1',
          reason: 'it is being repaired',
          by: 'alice',
          until: '2026-11-30T14:00:00Z',
        },
      ],
      isRevert: false,
    });
  });

  it('leaves out what covers another object, has ended or is over', () => {
    const scope = { applications: ['argocd/other'] };
    const elsewhere = sources({
      windows: [windowOf('w', NOW + HOUR, scope)],
      ...known({ ...freeze, scope }),
    });
    assert.deepEqual(describeFreezes(object, elsewhere, NOW), NOTHING);
    const ended = sources(known({ ...freeze, ended: { by: 'bob', reason: '' } }));
    assert.deepEqual(describeFreezes(object, ended, NOW), NOTHING);
    assert.equal(describeFreezes(object, sources(known(freeze)), NOW + HOUR - 1).freezes.length, 1);
    assert.deepEqual(describeFreezes(object, sources(known(freeze)), NOW + HOUR), NOTHING);
  });

  it('never freezes the platform, and does not look then', () => {
    const asked = sources({ readFreezes: () => assert.fail('it was looked up') });
    assert.deepEqual(describeFreezes({ ...object, namespace: 'kube-system' }, asked, NOW), NOTHING);
    const group = 'admissionregistration.k8s.io';
    assert.deepEqual(describeFreezes({ ...object, group }, asked, NOW), NOTHING);
  });

  it('says that objects cannot be read, and counts the windows all the same', () => {
    const unread = sources({
      windows: [windowOf('night', NOW + HOUR)],
      readFreezes: () => ({ status: 'unavailable', reason: 'they may not be read' }),
    });
    const { freezes, unknown } = describeFreezes(object, unread, NOW);
    assert.deepEqual(
      [freezes.map(({ name }) => name), unknown],
      [['night'], 'they may not be read'],
    );
  });

  it('tells the eight that end last', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      ...freeze,
      name: `f${String(index)}`,
      expiresAtMs: NOW + (index + 1) * 60_000,
    }));
    const { freezes } = describeFreezes(object, sources(known(...many)), NOW);
    assert.deepEqual(
      freezes.map(({ name }) => name),
      ['f19', 'f18', 'f17', 'f16', 'f15', 'f14', 'f13', 'f12'],
    );
  });
});

describe('endOf()', () => {
  it('is what the freeze says, but not after its longest life', () => {
    assert.equal(endOf(freeze, 24 * HOUR), NOW + HOUR);
    assert.equal(endOf(freeze, HOUR), NOW);
    assert.equal(endOf({ ...freeze, ended: { by: 'bob', reason: '' } }, HOUR), NOW - HOUR);
    assert.equal(endOf({ ...freeze, breaker: 'errors' }, HOUR), NOW + HOUR);
  });
});
