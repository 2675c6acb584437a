import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  VerifiedHistory,
  type HistoryName,
} from '../../../../src/source/commits/verified-history.ts';

function branch(ref: string, repository = 'shop'): HistoryName {
  return { rule: 'platform', repository, ref };
}

const MAIN = branch('refs/heads/main');

function tip(objectId: string, ...replaced: readonly string[]) {
  return { objectId, replaced, refTip: 'tip' };
}

test('a history has the commits that were verified in it, and another one has not', () => {
  const history = new VerifiedHistory();
  assert.equal(history.isEmpty(MAIN), true);
  history.add(MAIN, 'one');

  assert.equal(history.has(MAIN, 'one'), true);
  assert.equal(history.has(MAIN, 'two'), false);
  assert.equal(history.isEmpty(MAIN), false);
  for (const other of [
    branch('refs/heads/other'),
    branch('refs/heads/main', 'other'),
    { ...MAIN, rule: 'other' },
  ]) {
    assert.equal(history.isEmpty(other), true);
    assert.deepEqual(history.tips(other), []);
  }
});

test('a history keeps the newest commits, and its tips for good', () => {
  const history = new VerifiedHistory();
  history.advance(MAIN, tip('first'));
  for (let number = 0; number < 101; number += 1) history.add(MAIN, String(number));
  history.add(MAIN, '5');

  assert.deepEqual(
    ['0', '1', '5', '100'].map((id) => history.has(MAIN, id)),
    [false, true, true, true],
  );
  assert.deepEqual(history.tips(MAIN), ['first']);
});

test('a tip takes the place of those that it contains alone', () => {
  const history = new VerifiedHistory();
  history.advance(MAIN, tip('one'));
  history.advance(MAIN, tip('beside'));
  history.advance(MAIN, tip('two', 'one'));
  assert.deepEqual(history.tips(MAIN), ['beside', 'two']);
  // Two that are judged at once: what the second one knew of is gone, and the first one stays.
  history.advance(MAIN, tip('three', 'one'));
  assert.deepEqual(history.tips(MAIN), ['beside', 'two', 'three']);
  history.advance(MAIN, tip('two'));
  assert.deepEqual(history.tips(MAIN), ['beside', 'three', 'two']);
});

test('with more tips than anybody deploys, the tip of the ref stands for them all', () => {
  const history = new VerifiedHistory();
  for (let number = 0; number < 16; number += 1) history.advance(MAIN, tip(String(number)));
  assert.equal(history.tips(MAIN).length, 16);
  history.advance(MAIN, tip('one more'));
  assert.deepEqual(history.tips(MAIN), ['tip']);
});

test('what was lost by a rewritten history that is accepted is dropped', () => {
  const history = new VerifiedHistory();
  history.advance(MAIN, tip('one'));
  history.advance(MAIN, tip('two'));
  history.drop(MAIN, ['one', 'unknown']);
  assert.deepEqual(history.tips(MAIN), ['two']);
});

test('what was kept is there again, and only what is new is a change', () => {
  const history = new VerifiedHistory();
  assert.equal(history.isChanged, false);
  history.add(MAIN, 'one');
  history.advance(MAIN, tip('one'));
  assert.equal(history.isChanged, true);
  const kept = history.takeEntries();
  assert.equal(history.isChanged, false);
  history.add(MAIN, 'one');
  history.advance(MAIN, tip('one'));
  history.drop(MAIN, ['unknown']);
  assert.equal(history.isChanged, false);

  const later = new VerifiedHistory(kept);
  assert.equal(later.has(MAIN, 'one'), true);
  assert.deepEqual(later.tips(MAIN), ['one']);
  assert.equal(later.isChanged, false);
});

test('who makes many branches loses branches of that repository, and none of another one', () => {
  const history = new VerifiedHistory([], 10);
  const quiet = branch('refs/heads/main', 'quiet');
  history.add(quiet, 'one');
  history.advance(quiet, tip('one'));
  for (let number = 0; number < 100; number += 1) {
    history.add(branch(`refs/heads/${number}`, 'noisy'), 'one');
  }

  assert.deepEqual(history.tips(quiet), ['one']);
  assert.equal(history.takeEntries().length, 10);
  assert.equal(history.isEmpty(branch('refs/heads/99', 'noisy')), false);
  assert.equal(history.isEmpty(branch('refs/heads/90', 'noisy')), true);
});

test('many branches of one repository do not push out the one that is deployed from', () => {
  const history = new VerifiedHistory([], 10);
  for (const id of ['one', 'two']) history.add(MAIN, id);
  history.advance(MAIN, tip('two'));
  for (let number = 0; number < 100; number += 1) {
    history.add(branch(`refs/heads/${number}`), 'one');
  }

  assert.deepEqual(history.tips(MAIN), ['two']);
  assert.equal(history.takeEntries().length, 10);
});
