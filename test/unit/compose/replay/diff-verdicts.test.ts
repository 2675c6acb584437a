import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  diffVerdicts,
  type ComparedVerdict,
} from '../../../../src/compose/replay/diff-verdicts.ts';

function verdict(
  allowed: boolean,
  ...policies: readonly (readonly [policy: string, status: string, ...codes: string[]])[]
): ComparedVerdict {
  return {
    allowed,
    policies: policies.map(([policy, status, ...codes]) => ({ policy, status, codes })),
  };
}

test('decisions of the same kind are no flip, whoever made them', () => {
  const before = verdict(false, ['a', 'denied', 'x'], ['b', 'passed']);
  const after = verdict(false, ['b', 'denied', 'y']);

  assert.equal(diffVerdicts(before, after), undefined);
});

test('a flip names the policies whose part changed, and what they find now', () => {
  const before = verdict(true, ['a', 'passed'], ['b', 'warned', 'w']);
  const after = verdict(false, ['b', 'warned', 'w'], ['c', 'denied', 'z', 'y', 'z']);

  assert.deepEqual(diffVerdicts(before, after), {
    from: 'warned',
    to: 'denied',
    policies: ['c'],
    codes: ['y', 'z'],
  });
});

test('where nothing is found any more, a flip names what was found', () => {
  const before = verdict(false, ['a', 'denied', 'x']);
  const after = verdict(true, ['a', 'passed']);

  assert.deepEqual(diffVerdicts(before, after), {
    from: 'denied',
    to: 'allowed',
    policies: ['a'],
    codes: ['x'],
  });
});

test('a flip by a failure mode alone is nobody’s', () => {
  const before = verdict(false, ['a', 'unavailable', 'fact_unavailable']);
  const after = verdict(true, ['a', 'unavailable', 'fact_unavailable']);

  assert.deepEqual(diffVerdicts(before, after), {
    from: 'denied',
    to: 'unjudged',
    policies: [],
    codes: [],
  });
});
