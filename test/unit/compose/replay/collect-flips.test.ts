import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../../../src/admission/decide.ts';
import { FlipCollector } from '../../../../src/compose/replay/collect-flips.ts';
import type { FlippedReview } from '../../../../src/compose/replay/replay-items.ts';
import { sampleContext } from '../../../support/admission-samples.ts';

function flipped(policy: string, change: Partial<FlippedReview> = {}) {
  const flip = { from: 'allowed', to: 'denied', policies: [policy], codes: ['no'] } as const;
  return {
    status: 'flipped',
    flipped: {
      source: 'one',
      flip,
      username: 'alice',
      application: 'shop',
      route: 'validate',
      review: {},
      decision: decide([], sampleContext()),
      ...change,
    },
  } as const;
}

test('FlipCollector counts flips of one kind together, by application and user, most first', () => {
  const flips = new FlipCollector();
  flips.add({ status: 'same' });
  flips.add(flipped('a'));
  flips.add(flipped('b', { username: 'bob', source: 'two' }));
  flips.add(flipped('b', { username: 'carol', application: '' }));
  flips.add(flipped('b', { username: 'bob' }));

  const { judged, flipped: count, groups, unjudged } = flips.report();

  assert.deepEqual([judged, count, unjudged], [5, 4, []]);
  assert.deepEqual(
    groups.map((group) => [group.policies, group.count, group.example.source]),
    [
      [['b'], 3, 'two'],
      [['a'], 1, 'one'],
    ],
  );
  assert.deepEqual(groups[0]?.users, [
    { name: 'bob', count: 2 },
    { name: 'carol', count: 1 },
  ]);
  assert.deepEqual(groups[0].applications, [
    { name: 'shop', count: 2 },
    { name: '', count: 1 },
  ]);
});

test('FlipCollector counts what could not be judged by its reason and detail', () => {
  const flips = new FlipCollector();
  flips.add({ status: 'unjudged', reason: 'cut' });
  flips.add({ status: 'unjudged', reason: 'facts', detail: 'a: source' });
  flips.add({ status: 'unjudged', reason: 'facts', detail: 'a: source' });

  const { judged, unjudged } = flips.report();

  assert.equal(judged, 0);
  assert.deepEqual(unjudged, [
    { reason: 'facts', detail: 'a: source', count: 2 },
    { reason: 'cut', detail: undefined, count: 1 },
  ]);
});

test('FlipCollector puts what comes after a thousand kinds, or ten thousand names, together', () => {
  const flips = new FlipCollector();
  for (let index = 0; index < 1003; index += 1) flips.add(flipped(`policy${index}`));
  for (let index = 0; index < 10_003; index += 1) {
    flips.add(flipped('policy0', { username: `user${index}` }));
    flips.add({ status: 'unjudged', reason: 'unreadable', detail: `at ${index}` });
  }

  const { groups, unjudged } = flips.report();

  assert.equal(groups.length, 1001);
  assert.equal(groups.find(({ policies }) => policies[0] === '(others)')?.count, 3);
  const users = groups[0]?.users ?? [];
  assert.equal(users.length, 10_001);
  assert.equal(users.find(({ name }) => name === '(others)')?.count, 4);
  assert.equal(unjudged.length, 10_001);
  assert.equal(unjudged.find(({ detail }) => detail === undefined)?.count, 3);
});
