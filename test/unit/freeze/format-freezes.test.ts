import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatFreezeRow, listFreezes } from '../../../src/freeze/format-freezes.ts';
import type { Freeze } from '../../../src/freeze/parse-freeze.ts';

const NOW = Date.UTC(2026, 10, 30, 13);
const HOUR = 3_600_000;
const freeze: Freeze = {
  name: 'freeze-1',
  scope: { applications: ['argocd/a', 'argocd/b'], namespaces: ['shop'] },
  reason: 'it is being repaired',
  by: 'alice',
  createdAtMs: NOW - HOUR,
  expiresAtMs: NOW + HOUR,
};

function list(
  freezes: readonly Freeze[],
  windows: Parameters<typeof listFreezes>[0]['windows'] = [],
) {
  return listFreezes({ windows, freezes, lifetimeMaxMs: 24 * HOUR }, NOW);
}

function rowOf(one: Freeze): readonly string[] {
  const [row] = list([one]);
  assert.ok(row);
  return formatFreezeRow(row);
}

describe('listFreezes() and formatFreezeRow()', () => {
  it('tell whether a freeze is in force, over, or was ended by somebody', () => {
    const scope = 'argocd/a, argocd/b in shop';
    const until = '2026-11-30T14:00:00.000Z';
    const why = 'it is being repaired';
    assert.deepEqual(rowOf(freeze), ['freeze-1', 'person', 'in force', until, scope, 'alice', why]);
    assert.deepEqual(rowOf({ ...freeze, expiresAtMs: NOW }).slice(2, 4), [
      'over',
      '2026-11-30T13:00:00.000Z',
    ]);
    assert.deepEqual(rowOf({ ...freeze, ended: { by: 'bob', reason: 'it works' } }), [
      'freeze-1',
      'person',
      'ended',
      '2026-11-30T12:00:00.000Z',
      scope,
      'alice',
      'it is being repaired (ended by bob: it works)',
    ]);
  });

  it('tell a circuit breaker by its name, and that no scope is everything', () => {
    assert.deepEqual(rowOf({ ...freeze, scope: {}, breaker: 'error-rate' }), [
      'freeze-1',
      'breaker',
      'in force',
      '2026-11-30T14:00:00.000Z',
      'everything',
      'error-rate',
      'it is being repaired',
    ]);
    assert.deepEqual(rowOf({ ...freeze, scope: { namespaces: ['a', 'b'] } })[4], 'in a, b');
  });

  it('tell windows first, open or not, then the newest', () => {
    const calendar = (isOpen: boolean) => ({
      spanAt: () => (isOpen ? { startMs: 0, endMs: NOW + HOUR } : undefined),
    });
    const rows = list(
      [freeze, { ...freeze, name: 'freeze-2', createdAtMs: NOW }],
      [
        {
          name: 'night',
          reason: 'nobody is there',
          calendar: calendar(true),
          namespaces: ['shop'],
        },
        {
          name: 'year-end',
          reason: 'nobody is there',
          calendar: calendar(false),
          applications: ['argocd/*'],
        },
      ],
    );
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['night', 'year-end', 'freeze-2', 'freeze-1'],
    );
    const reason = 'nobody is there';
    assert.deepEqual(rows.slice(0, 2).map(formatFreezeRow), [
      ['night', 'window', 'in force', '2026-11-30T14:00:00.000Z', 'in shop', '', reason],
      ['year-end', 'window', 'waiting', '', 'argocd/*', '', reason],
    ]);
  });
});
