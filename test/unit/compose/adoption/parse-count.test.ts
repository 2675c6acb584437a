import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCount } from '../../../../src/compose/adoption/parse-count.ts';

for (const [what, body, count] of [
  [
    'a page of one and the number of the rest',
    { metadata: { continue: 'x', remainingItemCount: 41 }, items: [{}] },
    42,
  ],
  ['a page with everything', { metadata: {}, items: [{}] }, 1],
  ['an empty page', { items: null }, 0],
  [
    'a page that does not say how much follows',
    { metadata: { continue: 'x' }, items: [{}] },
    undefined,
  ],
  ['no page', 'x', undefined],
] as const) {
  test(`${what} counts ${String(count)}`, () => {
    assert.equal(parseCount(body), count);
  });
}
