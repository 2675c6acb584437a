import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyAge } from '../../../../src/policy/bundle/classify-age.ts';

const EARLY = { signedAtMs: 1_700_000_000_000 };
const LATE = { signedAtMs: 1_700_000_001_000 };

test('classifyAge() lets a bundle follow that was signed later, at the same time, or after one that does not say', () => {
  for (const [next, before] of [
    [LATE, EARLY],
    [EARLY, EARLY],
    [EARLY, {}],
    [{}, {}],
  ] as const) {
    assert.equal(classifyAge(next, before), undefined);
  }
});

test('classifyAge() says when both were signed, and how an older one is wanted again', () => {
  assert.equal(
    classifyAge(EARLY, LATE),
    'it was signed at 2023-11-14T22:13:20.000Z, and a bundle was taken that was signed at 2023-11-14T22:13:21.000Z. If it is wanted again, sign it again',
  );
  assert.equal(
    classifyAge({}, EARLY),
    'its signature does not say when it was made, and a bundle was taken that was signed at 2023-11-14T22:13:20.000Z. If it is wanted again, sign it again with "holdfast policy sign"',
  );
});
