import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StateChanges } from '../../../src/alerting/incident-state.ts';
import { isCovered, SeenReports } from '../../../src/alerting/seen-reports.ts';

function make(remembered: ConstructorParameters<typeof SeenReports>[1] = new Map()) {
  const changes = new StateChanges();
  return { seen: new SeenReports(changes, remembered), changes };
}

test('what was counted of a report is stored, with the incident that it belongs to, once', () => {
  const { seen, changes } = make();
  seen.set('a', 'g', { own: 2, first: 'D1' });
  seen.set('b/c', 'g', { own: 1 });
  assert.deepEqual(changes.take(), {
    'seen/a/g': '2',
    'seen-first/a/g': '"D1"',
    'seen/b/c/g': '1',
  });
  seen.set('a', 'g', { own: 2, first: 'D1' });
  assert.equal(changes.take(), undefined);
  assert.deepEqual(seen.contributionsTo('g'), {
    a: { own: 2, first: 'D1' },
    'b/c': { own: 1, first: undefined },
  });
});

test('what a replica shows no more is forgotten, but not what a replica has counted that shows nothing at all', () => {
  const { seen, changes } = make(
    new Map([
      ['a/g', { own: 1, first: 'D1' }],
      ['a/h', { own: 2 }],
      ['b/g', { own: 3 }],
    ]),
  );
  seen.keep(new Map([['a', new Set(['h'])]]));
  assert.deepEqual(changes.take(), { 'seen/a/g': undefined, 'seen-first/a/g': undefined });
  assert.deepEqual([seen.get('a', 'h')?.own, seen.get('b', 'g')?.own], [2, 3]);
});

test('of replicas that are gone, a thousand reports are kept', () => {
  const { seen } = make();
  for (let index = 0; index < 1001; index += 1) seen.set(`pod-${index}`, 'g', { own: 1 });
  seen.keep(new Map());
  assert.deepEqual([seen.get('pod-0', 'g'), seen.get('pod-1', 'g')?.own], [undefined, 1]);
});

test('isCovered() wants every contribution counted, of the same incident', () => {
  const own = { a: { own: 2, first: 'D1' }, b: { own: 1 } };
  assert.equal(isCovered(own, { a: { own: 2, first: 'D1' }, b: { own: 5 }, c: { own: 1 } }), true);
  assert.equal(isCovered(own, { a: { own: 1, first: 'D1' }, b: { own: 1 } }), false);
  assert.equal(isCovered(own, { a: { own: 2, first: 'D2' }, b: { own: 1 } }), false);
  assert.equal(isCovered(own, { a: { own: 2, first: 'D1' } }), false);
});
